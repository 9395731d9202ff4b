"""Signing a contract: the dealer first, then ours, electronically or on paper. What is signed is one edition.

Order of locks: the contract. A signature is written beside the contract's new state, in one transaction.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Contract, Paper, Signature
from contracts.services import papers
from contracts.services.drafts import NotNow
from contracts.services.steps import held_in, write
from core import access
from core.errors import NotYours, Refused
from dealers import deputies, events
from dealers.models import Person, User
from dealers.reach import staff_able_to
from dealers.rights import require
from dealers.services import people

Status, Side, Method = Contract.Status, Contract.Side, Signature.Method


class Outdated(Refused):
    """What was read is not what is offered now."""


class NotRead(Refused):
    """The box that says so was left empty."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who signs electronically: the name he typed, the checksum of what he read, and where he sat."""

    name: str
    sha256: str
    has_read: bool
    address: str = ""


@transaction.atomic
def sign(contract: Contract, *, by: User, hand: Hand) -> Contract:
    """The dealer's executive signs what is offered. Whoever calls has asked for a fresh proof of who he is."""
    require(by, "contracts.sign_contract")
    if not by.is_dealers or by.dealer_id != contract.dealer_id:
        raise NotYours(_("Only the dealer's own people sign for the dealer."))
    contract = held_in(contract, Status.OFFERED)
    paper = _read(contract, hand)
    _electronic(contract, paper, Side.DEALER, by, hand)
    write(contract, status=Status.SIGNED_BY_DEALER, signed_by=hand.name.strip(), signed_on=timezone.localdate())
    events.record("contract.signed_by_dealer", contract, by=by, notify=_our_signatories(contract))
    return contract


@transaction.atomic
def countersign(contract: Contract, *, by: User, hand: Hand) -> Contract:
    """One of ours signs the very document that the dealer signed; not who submitted it."""
    require(by, "contracts.countersign_contract")
    contract = held_in(contract, Status.SIGNED_BY_DEALER)
    if contract.countersigned_on is not None:
        raise NotNow(_("%(name)s has signed it for us already.") % {"name": contract.countersigned_by or _("Somebody")})
    if contract.submitted_by_id == by.pk:
        raise Refused(_("Somebody else has to sign for us: you submitted this contract."))
    theirs = signature_of(contract, Side.DEALER)
    if theirs is None:
        raise Refused(_("No signature of the dealer is here under the document offered last."))
    if hand.sha256 != theirs.sha256:
        raise Outdated(_("The dealer signed another document. Open the one he signed, read it, and sign that."))
    _check(hand)
    _electronic(contract, theirs.paper, Side.US, by, hand)
    write(contract, countersigned_by=hand.name.strip(), countersigned_on=timezone.localdate())
    right = "contracts.countersign_contract"
    for_whom = deputies.represented(by, right, contract.dealer, but_not=contract.submitted_by_id)
    _tell_both_signed(contract, by, for_whom)
    return contract


@transaction.atomic
def record_signatures(
    contract: Contract,
    *,
    by: User,
    scan: "UploadedFile[bytes] | Paper",
    signed_by: str,
    signed_on: date,
    countersigned_by: str = "",
    countersigned_on: date | None = None,
) -> Contract:
    """Record what was signed and sealed on paper, with its scan: by both sides, or by the dealer and ours follows.

    The scan is a file, or one that the dealer has sent.
    """
    require(by, "contracts.file_contract")
    contract = held_in(contract, Status.OFFERED)
    if not signed_by.strip() or bool(countersigned_by.strip()) != bool(countersigned_on):
        raise Refused(_("Name who signed for the dealer and who signed for us, each with the day."))
    if max(signed_on, countersigned_on or signed_on) > timezone.localdate():
        raise Refused(_("A signature cannot lie in the future."))
    paper = _printed(contract, by)
    kept = scan if isinstance(scan, Paper) else papers.keep_scan(contract, scan, by=by)
    _on_paper(contract, paper, Side.DEALER, by, signed_by, signed_on, kept)
    write(contract, status=Status.SIGNED_BY_DEALER, signed_by=signed_by.strip(), signed_on=signed_on)
    if countersigned_on is None:
        events.record("contract.signed_by_dealer", contract, by=by, notify=_our_signatories(contract, but_not=by))
        return contract
    _on_paper(contract, paper, Side.US, by, countersigned_by, countersigned_on, kept)
    write(contract, countersigned_by=countersigned_by.strip(), countersigned_on=countersigned_on)
    _tell_both_signed(contract, by)
    return contract


def signature_of(contract: Contract, side: Contract.Side) -> Signature | None:
    """The side's signature under the latest edition."""
    found = access.rows_of(Signature).filter(contract=contract, side=side)
    return found.filter(paper__edition=papers.latest_edition(contract)).select_related("paper", "scan").first()


# ---- what the verbs share --------------------------------------------------------------------
def _read(contract: Contract, hand: Hand) -> Paper:
    """The paper of the current edition that was read."""
    paper = next((one for one in papers.current(contract) if one.sha256 == hand.sha256), None)
    if paper is None:
        raise Outdated(_("The contract was offered anew since you opened it. Read the new document, then sign that."))
    _check(hand)
    return paper


def _check(hand: Hand) -> None:
    if not hand.name.strip():
        raise Refused(_("Type your name as it shall stand under the contract."))
    if not hand.has_read:
        raise NotRead(_("Confirm that you have read the document before you sign it."))


def _printed(contract: Contract, by: User) -> Paper:
    """The document that was printed: of the latest edition, drawn now where an offer was made without one."""
    found = papers.current(contract) or papers.issue(contract, by=by)
    return found[0]


def _electronic(contract: Contract, paper: Paper, side: Contract.Side, by: User, hand: Hand) -> Signature:
    return _write_down(
        contract, paper, side, by, method=Method.ELECTRONIC, name=hand.name.strip(), signed_on=timezone.localdate(),
        address=hand.address,
    )  # fmt: skip


def _on_paper(  # noqa: PLR0917
    contract: Contract, paper: Paper, side: Contract.Side, by: User, name: str, day: date, scan: Paper
) -> Signature:
    return _write_down(contract, paper, side, by, method=Method.PAPER, name=name.strip(), signed_on=day, scan=scan)


def _write_down(contract: Contract, paper: Paper, side: Contract.Side, by: User, **fields: Any) -> Signature:
    return Signature.objects.create(
        dealer_id=contract.dealer_id, contract=contract, paper=paper, side=side, sha256=paper.sha256,
        recorded_by_id=by.pk, recorded_at=timezone.now(), **fields,
    )  # fmt: skip


def _our_signatories(contract: Contract, but_not: User | None = None) -> list[Person]:
    """Who could sign for us, and who looks after the dealer; not who submitted it, but he is told as well."""
    told = staff_able_to("contracts.countersign_contract", contract.dealer)
    found = {one.pk: one for one in [*told, contract.dealer.manager, contract.submitted_by] if one is not None}
    if but_not is not None:
        found.pop(but_not.pk, None)
    return list(found.values())


def _tell_both_signed(contract: Contract, by: User, for_whom: Person | None = None) -> None:
    filers = staff_able_to("contracts.file_contract", contract.dealer)
    told = [*people.executives(contract.dealer), *(one for one in filers if one.pk != by.pk)]
    told += [for_whom] if for_whom else []
    events.record("contract.signed", contract, by=by, notify=told, on_behalf_of=for_whom)
