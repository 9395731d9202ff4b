"""The contracts' part of a world: for each dealer a contract in force with every kind of term, and one that is still
our own business."""

from datetime import date, time
from typing import Any

from django.conf import settings
from django.utils import timezone

from contracts.models import (
    Certificate,
    Contract,
    Grant,
    GrantException,
    GrantTerminal,
    Mode,
    Paper,
    PriceLimit,
    RebateTerm,
    RebateTier,
    ReviewRhythm,
    RulePack,
    RuleSetting,
    Signature,
    Target,
    TargetMonth,
    Tool,
)
from contracts.models.paper import FILES
from core.database.context import acting
from core.database.roles import Role
from core.worlds import OURS, Seen, World
from dealers.models import Company, Dealer, Person, Product, ProductLine, Terminal, Territory, User

START, END = date(2026, 1, 1), date(2026, 12, 31)


def build(world: World) -> None:
    account = next(one for one in world.accounts if (one.role, one.reach) == ("channel_operations", "everywhere"))
    by = User.objects.get(email=account.email)
    with world.making(OURS), acting(Role.JOBS):
        pack = RulePack(jurisdiction=f"W{world.seed}", name="World", name_zh="世界", valid_from=START)
        pack.save()
        world.keep(pack)
        RuleSetting(pack=pack, tool=Tool.RETAIL_FLOOR, mode=Mode.OBSERVE).save()
    for owner in world.owners():
        with world.making(owner), acting(Role.JOBS):
            dealer = Dealer.objects.get(code=owner)
            _contract(world, dealer, by, pack, Contract.Status.ACTIVE, 2026)
            _contract(world, dealer, by, pack, Contract.Status.DRAFT, 2026)
            _contract(world, dealer, by, pack, Contract.Status.OFFERED, 2027)
            _contract(world, dealer, by, pack, Contract.Status.SIGNED_BY_DEALER, 2028)
            _contract(world, dealer, by, pack, Contract.Status.SIGNED_BY_DEALER, 2029, by_us=False)
            last = _contract(world, dealer, by, pack, Contract.Status.ACTIVE, 2031, certified=False)
            _amendment(world, last)


def _contract(  # noqa: PLR0917
    world: World, dealer: Dealer, by: User, pack: RulePack, status: Contract.Status, year: int, *,
    by_us: bool = True, certified: bool = True,
) -> Contract:  # fmt: skip
    """One of each state; a draft, which the dealer knows nothing of."""
    seen = Seen.INTERNAL if status == Contract.Status.DRAFT else Seen.BOTH
    start, end = START.replace(year=year), END.replace(year=year)
    given: dict[str, Any] = {
        "dealer": dealer,
        "company": Company.objects.get(code=f"W{world.seed}"),
        "status": status,
        "number": f"{status} {year} {world.mark(dealer.code, seen)}",
        "starts_on": start,
        "ends_on": end,
        "jurisdiction": pack.jurisdiction,
        "currency": "EUR",
        "notice_days": 90,
        "payment_days": 30,
        "notice_by": "",
        "notice_on": None,
    }
    if seen is Seen.BOTH:
        given["offered_at"] = timezone.now()
    if status in {Contract.Status.ACTIVE, Contract.Status.SIGNED_BY_DEALER}:
        given |= {"signed_on": START, "countersigned_on": START if by_us else None}
    if not by_us:
        given |= {"countersigned_by": "", "filing_number": "", "filing_place": ""}
    if status == Contract.Status.ACTIVE:
        given["filed_on"] = START
    contract = world.make(Contract, dealer.code, seen, **given)
    common: dict[str, Any] = {"dealer": dealer, "contract": contract, "currency": "EUR"}
    _grant(world, dealer, contract, seen)
    _target(world, by, common, seen, is_agreed=status == Contract.Status.ACTIVE)
    if seen is Seen.BOTH:
        _papers(world, dealer, contract, by, by_us=by_us)
    if status == Contract.Status.ACTIVE and certified:
        certificate = world.make(
            Certificate, dealer.code, contract=contract, dealer=dealer, issued_by_id=by.pk, issued_at=timezone.now()
        )
        world.links.setdefault(dealer.code, {})["certificate"] = certificate.number
        line = ProductLine.objects.get(code=f"W{world.seed}-TOOLS")
        _target(world, by, common | {"line": line}, seen, is_agreed=False)
    product = Product.objects.get(code=f"W{world.seed}-P1")
    world.make(PriceLimit, dealer.code, seen, **common, tool=Tool.RETAIL_FLOOR, product=product, line=None,
        starts_on=start, ends_on=end,
    )  # fmt: skip
    world.make(
        ReviewRhythm, dealer.code, seen, dealer=dealer, contract=contract, level="working", every="month", day=10,
        month=None, at=time(10),
    )  # fmt: skip
    rebate = world.make(RebateTerm, dealer.code, seen, **common, method=RebateTerm.Method.BY_SLICES)
    world.make(RebateTier, dealer.code, seen, dealer=dealer, term=rebate, rate="0.02")
    return contract


def _amendment(world: World, first: Contract) -> None:
    """A draft, which the dealer knows nothing of."""
    world.make(
        Contract, first.dealer.code, Seen.INTERNAL, dealer=first.dealer, company=first.company, amends=first,
        status=Contract.Status.DRAFT, number=f"amended {world.mark(first.dealer.code, Seen.INTERNAL)}",
        starts_on=first.starts_on.replace(month=7), ends_on=first.ends_on, jurisdiction=first.jurisdiction,
        currency=first.currency, notice_days=90, payment_days=60, notice_by="", notice_on=None, amended_on=None,
    )  # fmt: skip


def _papers(world: World, dealer: Dealer, contract: Contract, by: User, *, by_us: bool) -> None:
    """What was offered, in both languages; and the signatures under the first of them, where there are some."""
    common: dict[str, Any] = {"dealer": dealer, "contract": contract}
    made = []
    for language, _name in settings.LANGUAGES:
        data = f"%PDF-1.7 {contract.number} {language} %%EOF".encode()
        made.append(
            world.make(
                Paper, dealer.code, **common, edition=1, terms_version=1, language=language, size=len(data),
                content_type="application/pdf", sha256=FILES.put(data), made_by_id=by.pk, made_at=timezone.now(),
            )
        )  # fmt: skip
    if contract.signed_on is None:
        return
    head = next(one for one in world.accounts if (one.role, one.dealer) == ("dealer_executive", dealer.code))
    people = {Contract.Side.DEALER: Person.objects.get(email=head.email).pk}
    if by_us:
        people[Contract.Side.US] = by.pk
    for side, pk in people.items():
        world.make(
            Signature, dealer.code, **common, paper=made[0], side=side, method=Signature.Method.ELECTRONIC,
            signed_on=START, sha256=made[0].sha256, recorded_by_id=pk, recorded_at=timezone.now(), address="192.0.2.1",
        )  # fmt: skip


def _grant(world: World, dealer: Dealer, contract: Contract, seen: Seen) -> None:
    prefix = f"W{world.seed}"
    grant = Grant(
        dealer=dealer, contract=contract, territory=Territory.objects.get(code=f"{prefix}-WORLD"),
        starts_on=contract.starts_on, ends_on=contract.ends_on,
    )  # fmt: skip
    grant.save()
    world.keep(grant, dealer.code, seen)
    spared = Territory.objects.get(code=f"{prefix}-EMPTY")
    world.make(GrantException, dealer.code, seen, dealer=dealer, grant=grant, territory=spared)
    shop = Terminal.objects.get(code=f"{prefix}-NORTH-T")
    world.make(GrantTerminal, dealer.code, seen, dealer=dealer, grant=grant, terminal=shop)


def _target(world: World, by: User, common: dict[str, Any], seen: Seen, *, is_agreed: bool) -> None:
    dealer, contract = common["dealer"], common["contract"]
    agreed = {"status": Target.Status.AGREED, "agreed_by_id": by.pk, "agreed_on": START}
    target = world.make(
        Target, dealer.code, seen, **common, starts_on=contract.starts_on, ends_on=contract.starts_on.replace(day=31),
        proposed_by_id=by.pk, **(agreed if is_agreed else {}),
    )  # fmt: skip
    world.make(
        TargetMonth, dealer.code, seen, dealer=dealer, target=target, month=contract.starts_on, value=target.total
    )
