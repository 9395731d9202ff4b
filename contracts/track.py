"""Where a contract is on its way to being in force, who did each step, and the papers that came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contracts.models import Certificate, Contract, Paper, Signature
from core import formatting
from dealers.models import Approval, User

Status, Side = Contract.Status, Contract.Side
_ON_THE_WAY = (Status.DRAFT, Status.IN_REVIEW, Status.OFFERED, Status.SIGNED_BY_DEALER)
_DONE, _NOW, _LATER = "done", "now", "later"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way. The names are those of `components/job_steps.html` and `components/approval_chain.html`."""

    label: str
    state: str
    who: str = ""
    note: str = ""
    quote: str = ""
    url: str = ""

    @property
    def role(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Track:
    """The steps in a row, and those that somebody has done already, with who and when."""

    steps: tuple[Step, ...]
    trace: tuple[Step, ...]
    is_under_way: bool


def track(contract: Contract, user: User, papers: "Shelf") -> Track | None:
    """Nothing for a contract that was taken over, or withdrawn."""
    if contract.origin == Contract.Origin.TAKEN_OVER or contract.status == Status.WITHDRAWN:
        return None
    signed = {one.side: one for one in papers.signatures}
    steps = _steps(contract, user)
    trace = [*_review(contract, user), *_offer(contract, papers), *_signed(contract, signed), *_filed(contract)]
    return Track(tuple(steps), tuple(trace), contract.status in _ON_THE_WAY)


def _steps(contract: Contract, user: User) -> list[Step]:
    names = [
        pgettext("step of a contract", "Draft"),
        pgettext("step of a contract", "Review"),
        pgettext("step of a contract", "Offer"),
        pgettext("step of a contract", "Dealer's signature"),
        pgettext("step of a contract", "Our signature"),
        pgettext("step of a contract", "Filing"),
    ]
    if user.is_dealers:
        names[3] = pgettext("step of a contract", "Your signature")
        names[4] = pgettext("step of a contract", "The manufacturer's signature")
    at = {Status.DRAFT: 0, Status.IN_REVIEW: 1, Status.OFFERED: 3}.get(Status(contract.status), len(names))
    if contract.status == Status.SIGNED_BY_DEALER:
        at = 5 if contract.countersigned_on else 4
    found = [
        Step(name, _DONE if number < at else _NOW if number == at else _LATER) for number, name in enumerate(names)
    ]
    return found[2:] if user.is_dealers else found  # what came before the offer is our own business


def _review(contract: Contract, user: User) -> Iterable[Step]:
    """Who read the wording and who decided the deal, with their words; for our people only."""
    if not user.is_ours or not user.has_perm("dealers.view_approval"):
        return
    found = Approval.objects.visible_to(user).filter(
        kind="contract", subject_type=contract._meta.label_lower, subject_id=contract.pk
    )
    rows = list(found.exclude(outcome=Approval.Outcome.WITHDRAWN).select_related("decided_by").order_by("pk"))
    for one in rows:
        if one.decided_by and one.decided_at:
            state = _DONE if one.outcome == Approval.Outcome.APPROVED else "stopped"
            what = _words_of_review(one)
            yield Step(what, state, one.decided_by.name, formatting.moment(one.decided_at), one.reason)
        elif one.due_on:
            note = _("due %(day)s") % {"day": formatting.day(one.due_on)}
            yield Step(_words_of_review(one), _NOW, note=note)


def _words_of_review(approval: Approval) -> str:
    is_legal = approval.permission == "contracts.review_contract"
    match approval.outcome:
        case Approval.Outcome.APPROVED:
            return _("Wording reviewed") if is_legal else _("Approved")
        case Approval.Outcome.WAITING:
            return _("Legal reviews the wording") if is_legal else _("The head of sales approves")
    return str(approval.get_outcome_display())


def _offer(contract: Contract, papers: "Shelf") -> Iterable[Step]:
    if contract.offered_at is None:
        return
    edition = papers.newest
    label = _("Offered, edition %(edition)d") % {"edition": edition} if edition else _("Offered")
    yield Step(label, _DONE, note=formatting.moment(contract.offered_at))


def _signed(contract: Contract, signed: dict[str, Signature]) -> Iterable[Step]:
    for side, label, name, day in (
        (Side.DEALER, _("Signed for the dealer"), contract.signed_by, contract.signed_on),
        (Side.US, _("Signed for the manufacturer"), contract.countersigned_by, contract.countersigned_on),
    ):
        one = signed.get(side)
        if one is not None:
            at = formatting.moment(one.recorded_at) if one.is_electronic else formatting.day(one.signed_on)
            note = _("%(how)s, %(when)s") % {"how": one.get_method_display(), "when": at}
            yield Step(label, _DONE, one.name, note)
        elif day is not None:
            yield Step(label, _DONE, name or _("Signatory not recorded"), formatting.day(day))


def _filed(contract: Contract) -> Iterable[Step]:
    if contract.filed_on:
        label = _("Filed as %(number)s") % {"number": contract.filing_number}
        yield Step(label, _DONE, note=formatting.listed([formatting.day(contract.filed_on), contract.filing_place]))


# ---- papers ----------------------------------------------------------------------------------
class Shelf:
    """The papers of a contract: those on offer or signed, the scans, what came before, and the certificate.

    Each is read once, through what the reader may see.
    """

    def __init__(self, contract: Contract, user: User) -> None:
        self.contract, self.user = contract, user

    @cached_property
    def _papers(self) -> list[Paper]:
        return list(Paper.objects.visible_to(self.user).filter(contract=self.contract).select_related("made_by"))

    @property
    def newest(self) -> int:
        """The number of the latest edition; 0 where there is none."""
        return max((one.edition for one in self._papers), default=0)

    @cached_property
    def signatures(self) -> list[Signature]:
        """Those under the latest edition."""
        editions = {one.pk: one.edition for one in self._papers}
        found = Signature.objects.visible_to(self.user).filter(contract=self.contract).order_by("pk")
        return [one for one in found if editions.get(one.paper_id) == self.newest]

    @cached_property
    def signed(self) -> frozenset[str]:
        """Their checksums."""
        return frozenset(one.sha256 for one in self.signatures)

    @cached_property
    def _offers(self) -> list[Paper]:
        return [one for one in self._papers if one.kind == Paper.Kind.OFFER]

    @cached_property
    def current(self) -> list[Paper]:
        latest = max((one.edition for one in self._offers), default=0)
        return [one for one in self._offers if one.edition == latest]

    @cached_property
    def earlier(self) -> list[Paper]:
        return [one for one in self._offers if one not in self.current]

    @cached_property
    def scans(self) -> list[Paper]:
        return [one for one in self._papers if one.kind == Paper.Kind.SCAN]

    @cached_property
    def certificate(self) -> Certificate | None:
        first = self.contract.amends_id or self.contract.pk
        return Certificate.objects.visible_to(self.user).filter(contract=first).first()

    @property
    def is_empty(self) -> bool:
        return not (self.current or self.scans or self.earlier or self.certificate)
