"""Scans of what was signed and sealed on paper: sent by the dealer himself, recorded by ours."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import Contract, Paper
from contracts.services import papers
from contracts.services.steps import held_in
from core import access
from core.errors import NotYours, Refused
from core.files.errors import Unacceptable
from dealers import events
from dealers.models import User
from dealers.reach import staff_able_to
from dealers.rights import require

MOST = 10  # of one edition
MOST_BYTES = 60 * 1024 * 1024  # all of them together


@transaction.atomic
def send(contract: Contract, *, by: User, scan: "UploadedFile[bytes]") -> Paper:
    """The dealer's executive sends what he signed on paper. It is signed when one of ours has looked at it."""
    require(by, "contracts.sign_contract")
    if not by.is_dealers or by.dealer_id != contract.dealer_id:
        raise NotYours(_("Only the dealer's own people send his signed contract."))
    contract = held_in(contract, Contract.Status.OFFERED)
    sent = list(of_edition(contract))
    if len(sent) >= MOST:
        raise Unacceptable(_("%(most)d scans of this document are here already.") % {"most": MOST})
    if sum(one.size for one in sent) + (scan.size or 0) > MOST_BYTES:
        raise Unacceptable(
            _("All scans of a document together may have %(most)d MB. Send a smaller one.")
            % {"most": MOST_BYTES // 1024 // 1024}
        )
    kept = papers.keep_scan(contract, scan, by=by)
    if twin := next((one for one in sent if one.sha256 == kept.sha256), None):
        raise Unacceptable(_("This very file is already here as “%(title)s”.") % {"title": twin.file_name})
    told = {one.pk: one for one in staff_able_to("contracts.file_contract", contract.dealer)}
    if contract.dealer.manager is not None:
        told.setdefault(contract.dealer.manager.pk, contract.dealer.manager)
    events.record("contract.scan_sent", contract, by=by, notify=told.values())
    return kept


def of_edition(contract: Contract) -> list[Paper]:
    """The scans of the edition that is offered, latest first."""
    found = access.rows_of(Paper).filter(
        contract=contract, kind=Paper.Kind.SCAN, edition=papers.latest_edition(contract)
    )
    return list(found.select_related("made_by").order_by("-pk"))


def chosen(contract: Contract, public_id: str) -> Paper:
    """A scan that is here already, to be recorded."""
    found = next((one for one in of_edition(contract) if one.public_id == public_id), None)
    if found is None:
        raise Refused(_("This scan belongs to another document. Choose one of those that are here."))
    return found
