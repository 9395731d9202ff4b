"""Next contracts on their way: one with legal, one waiting for the dealer, one for our signature, one for filing."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from contracts.models import Contract, Grant, RebateTerm
from contracts.services import amendments, certificates, contracts, grants, papers, rebates, signatures, targets
from contracts.services.signatures import Hand
from contracts.tiers import Tier
from core import access
from core.database.context import acting
from core.database.roles import Role
from core.periods import Length, Period, months_later
from dealers.models import Approval, Dealer, User
from dealers.services import approvals

ADDRESS = "203.0.113.24"
QUARTERS = ((Decimal("0.8"), "0.02"), (Decimal(1), "0.03"), (Decimal("1.25"), "0.04"))


@dataclass(frozen=True, slots=True)
class Story:
    """Whose next contract, drafted by whom, how far it came, and what is special about it."""

    code: str
    manager: str
    target: Decimal
    far: str  # "review", "offered", "signed", "countersigned"
    special: str


STORIES = (
    Story("D0047", "amy.carter", Decimal(560_000), "review", "Two sales engineers are trained in Duluth every spring."),
    Story("D0001", "lin.yue", Decimal(5_200_000), "offered", "经销商在杭州保留两间样板间，厂家承担一半装修费用。"),
    Story("D0016", "sun.hao", Decimal(7_800_000), "signed", "工程项目报备后享有六个月保护期。"),
    Story("D0037", "jonas.weber", Decimal(640_000), "countersigned", "The showroom in Munich is renewed by June."),
)


def build(staff: dict[str, User], heads: list[User]) -> None:
    """Certificates for what is in force, then the stories."""
    _certify(staff["zhang.wei"])
    executives = {head.dealer_id: head for head in heads}
    for story in STORIES:
        by = staff[story.manager]
        with acting(Role.STAFF, user_id=by.pk):
            before = Contract.objects.visible_to(by).filter(dealer__code=story.code).latest("ends_on")
            contract = _draft(before, story, by)
            contracts.submit(contract, by=by, reason=_said(contract.dealer, *_WHY_NEXT))
        if story.far != "review":
            _decide(contract, staff)
        if story.far in {"signed", "countersigned"}:
            _sign(contract, executives[contract.dealer_id], dealers=True)
        if story.far == "countersigned":
            _sign(contract, staff["mark.jansen"], dealers=False)
    _amend(staff, executives)


def _amend(staff: dict[str, User], executives: dict[int | None, User]) -> None:
    """One contract longer to pay and with more credit from next month on, in force; another one waits to be signed."""
    for code, manager, days, is_signed in (("D0002", "lin.yue", 60, True), ("D0011", "sun.hao", 45, False)):
        by = staff[manager]
        with acting(Role.STAFF, user_id=by.pk):
            running = Contract.objects.visible_to(by).filter(dealer__code=code).in_force(on=timezone.localdate()).get()
            made = amendments.draft(running, by=by, starts_on=months_later(timezone.localdate().replace(day=1), 1))
            credit = (running.credit_limit or Decimal(0)) * Decimal("1.2")
            more = {"payment_days": days, "credit_limit": credit.quantize(Decimal(1000))}
            made = contracts.change(made, by=by, version=made.version, changes=more)
            contracts.submit(made, by=by, reason=_said(made.dealer, *_WHY_AMENDED))
        _decide(made, staff)
        if is_signed:
            _sign(made, executives[made.dealer_id], dealers=True)
            _sign(made, staff["mark.jansen"], dealers=False)
            filer = staff["zhang.wei"]
            with acting(Role.STAFF, user_id=filer.pk):
                contracts.file(
                    made, by=filer, number=f"{made.number}/{made.starts_on:%Y}", place="Contract room, shelf 4"
                )


_WHY_AMENDED = (
    "Sales grow faster than the terms of payment allow.",
    "销量增长较快，原付款条件已不适应，双方商定调整。",
)


def _certify(by: User) -> None:
    with acting(Role.STAFF, user_id=by.pk):
        for contract in Contract.objects.visible_to(by).filter(status=Contract.Status.ACTIVE).order_by("pk"):
            certificates.issue(contract, by=by)


_WHY_NEXT = (
    "The term ends; the terms of the next one are agreed with the dealer.",
    "现合同即将到期，续签条款已与经销商谈妥。",
)
_WORDING = (
    "Read against the rules of the place; nothing to change.",
    "已对照当地规定审阅，条款无需修改。",
)
_DEAL = ("The growth is ambitious and can be reached.", "增长目标有挑战，但可以实现。")


def _said(dealer: Dealer, english: str, chinese: str) -> str:
    return chinese if dealer.name_zh else english


def _draft(before: Contract, story: Story, by: User) -> Contract:
    """The next year, on the terms of the one that runs out, with a target and a rebate."""
    starts = before.ends_on + timedelta(days=1)
    contract = contracts.draft(
        before.dealer, by=by, company=before.company, starts_on=starts, ends_on=_a_year_on(starts),
        currency=before.currency, jurisdiction=before.jurisdiction, payment_days=before.payment_days,
        credit_limit=before.credit_limit, notice_days=before.notice_days, renews=before, prolongs=True,
        special_terms=story.special,
        minimum_purchase=(story.target / 2).quantize(Decimal(1000)),
    )  # fmt: skip
    for granted in access.rows_of(Grant).filter(contract=before).select_related("territory", "line"):
        grants.grant(contract, by=by, territory=granted.territory, line=granted.line, exclusivity=granted.exclusivity)
    quarter = story.target / 4
    rebates.add(
        contract, [Tier((quarter * share).quantize(Decimal(1000)), Decimal(rate)) for share, rate in QUARTERS], by=by,
        name=_said(before.dealer, "Growth rebate", "增长返利"), period=Length.QUARTER.value,
        method=RebateTerm.Method.BY_SLICES, example=(quarter * Decimal("1.3")).quantize(Decimal(10_000)),
    )  # fmt: skip
    targets.propose(contract, by=by, year=Period.of(starts, Length.YEAR), total=story.target)
    return contract


def _a_year_on(starts: date) -> date:
    return months_later(starts, 12) - timedelta(days=1)


def _decide(contract: Contract, staff: dict[str, User]) -> None:
    for login, words in (("anna.vogel", _WORDING), ("mark.jansen", _DEAL)):
        by = staff[login]
        with acting(Role.STAFF, user_id=by.pk):
            waiting = Approval.objects.waiting_for(by).get(kind=contracts.KIND, subject_id=contract.pk)
            approvals.approve(waiting, by=by, reason=_said(contract.dealer, *words))


def _sign(contract: Contract, by: User, *, dealers: bool) -> None:
    """In the reader's language; ours signs what the dealer signed."""
    role = Role.DEALER if dealers else Role.STAFF
    with acting(role, dealer_id=by.dealer_id if dealers else None, user_id=by.pk):
        language = "zh-hans" if contract.dealer.name_zh else "en"
        paper = next(one for one in papers.current(contract) if one.language == language)
        verb = signatures.sign if dealers else signatures.countersign
        verb(contract, by=by, hand=Hand(by.name, paper.sha256, True, ADDRESS))
