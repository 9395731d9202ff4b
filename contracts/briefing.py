"""What this room has to say on My day, in a dealer's file and on his home page."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Contract, Paper, RebateTerm, Target
from contracts.models.contract import IN_FORCE
from contracts.sheet import Earned, Progress
from core import formatting
from dealers import briefing
from dealers.briefing import Figure, Lead, Place, Reader, Section, Work
from dealers.tabs import Tab, add
from ledger.briefing import open_items
from ledger.models import Order

SOON = timedelta(days=90)
BEING_SIGNED = 200  # contracts being signed that My day looks through
Status = Contract.Status
ON_THE_WAY = (Status.OFFERED, Status.SIGNED_BY_DEALER)

add(
    Tab(
        "contract",
        gettext_lazy("Contract"),
        "contracts:tab",
        order=20,
        permission="contracts.view_contract",
        count=lambda user, dealer: Contract.objects.visible_to(user).filter(dealer=dealer),
    )
)


def _targets(reader: Reader) -> QuerySet[Target]:
    """Of the one dealer that the page is about: those of the whole assortment that run, and those proposed to him."""
    whole = Q(status=Target.Status.AGREED, line=None, measure=Target.Measure.AMOUNT)
    running = whole & Q(starts_on__lte=reader.on, ends_on__gte=reader.on)
    proposed = Q(status=Target.Status.PROPOSED, contract__status__in=IN_FORCE)
    found = Target.objects.visible_to(reader.user).filter(running | proposed, dealer=reader.dealer)
    return found.select_related("contract", "dealer", "line").with_months().order_by("starts_on", "pk")


@briefing.figures(order=20, permission="contracts.view_target", asks=(_targets,))
def target(reader: Reader) -> Iterator[Figure]:
    """How far the target of the whole assortment is, against the time that has passed."""
    one = next((one for one in reversed(reader.rows(_targets)) if one.status == Target.Status.AGREED), None)
    if one is None:
        return
    progress = Progress(one, on=reader.on)
    so_far = progress.share_until_now
    yield Figure(
        label=_("Target attainment %(year)s") % {"year": one.starts_on.year},
        value=formatting.percent(progress.share),
        url=one.get_absolute_url(),
        state=progress.verdict,
        context_line=_("%(share)s of what was due by today") % {"share": formatting.percent(so_far)}
        if so_far is not None
        else "",
    )


def _rebates(reader: Reader) -> QuerySet[RebateTerm]:
    found = RebateTerm.objects.visible_to(reader.user).filter(
        dealer=reader.dealer, contract__in=Contract.objects.visible_to(reader.user).in_force(on=reader.on)
    )
    return found.select_related("contract", "dealer", "line").with_tiers()[:1]


def _earned(reader: Reader) -> list[Earned]:
    """The rebates of the one dealer that the page is about, worked out once a page."""
    return reader.once("rebates", lambda: [Earned(term, on=reader.on) for term in reader.rows(_rebates)])


@briefing.figures(order=30, permission="contracts.view_contract", asks=(_rebates,))
def rebate(reader: Reader) -> Iterator[Figure]:
    """What the running period has earned so far, and how far the next tier is."""
    for earned in _earned(reader):
        term = earned.term
        missing = earned.working if reader.place is Place.HOME else earned.near_miss  # at home it stands above
        yield Figure(
            label=_("Rebate, %(period)s so far") % {"period": earned.period.short},
            value=formatting.amount(earned.earning.total, term.currency),
            unit=formatting.unit(term.currency),
            url=term.contract.get_absolute_url() + "#rebates",
            context_line=missing if earned.following else _("The highest tier is reached."),
        )


@briefing.lead(permission="contracts.view_contract", asks=(_rebates,))
def next_tier(reader: Reader) -> Lead | None:
    """How little is missing to the next tier: what a dealer can do something about today."""
    for earned in _earned(reader):
        following = earned.following
        if following is None:
            continue
        return Lead(
            title=earned.heading(following),
            why=earned.worth_of(following),
            track=earned.track,
            track_label=earned.track_label,
            working=f"{earned.working} = {formatting.amount(earned.earning.total, earned.term.currency)}",
            url=earned.url,
        )
    return None


@briefing.work(order=15, places=(Place.HOME,), permission="contracts.agree_target", asks=(_targets,))
def targets_to_agree(reader: Reader) -> Iterator[Work]:
    for one in (one for one in reader.rows(_targets) if one.status == Target.Status.PROPOSED):
        yield Work(
            "target",
            _("A target is proposed to you: %(total)s") % {"total": formatting.money(one.total, one.currency)},
            why=_("Look at its months, then agree or talk to your account manager."),
            url=one.get_absolute_url(),
            action=_("Open"),
            section=Section.TODAY,
        )


def _at_hand(reader: Reader) -> QuerySet[Contract]:
    """Of the one dealer that the page is about, in force or on their way; of many, what is being signed."""
    found = Contract.objects.visible_to(reader.user)
    if reader.dealer is None:
        found = found.filter(status__in=ON_THE_WAY, dealer__in=reader.dealers)
        return _with_scans(found, reader)[:BEING_SIGNED]
    return _with_scans(found.filter(dealer=reader.dealer, status__in=(*ON_THE_WAY, *IN_FORCE)), reader)


def _with_scans(found: QuerySet[Contract], reader: Reader) -> QuerySet[Contract]:
    """With whether the dealer has sent a scan of what is offered now."""
    sent = Paper.objects.visible_to(reader.user).filter(contract=OuterRef("pk"), kind=Paper.Kind.SCAN)
    sent = sent.filter(made_at__gte=OuterRef("offered_at"), made_by__dealer__isnull=False)
    return found.annotate(has_scan=Exists(sent.order_by())).select_related("dealer").order_by("starts_on")


def _being_signed(reader: Reader) -> list[Contract]:
    """What is offered, or signed and not on file, of all dealers that the page is about."""
    return [one for one in reader.rows(_at_hand) if one.status in ON_THE_WAY]


def _ending_soon(reader: Reader) -> QuerySet[Contract]:
    """Of many dealers; those of one are at hand."""
    running = Contract.objects.visible_to(reader.user).in_force(on=reader.on).filter(reader.theirs)
    if reader.dealer is not None:
        return running.none()
    running = running.filter(ends_on__lte=reader.on + SOON, amended_on__isnull=True)
    return running.select_related("dealer").order_by("ends_on")[: reader.cut]


def _ending(reader: Reader) -> Sequence[Contract]:
    if reader.dealer is None:
        return reader.rows(_ending_soon)
    found = [one for one in reader.rows(_at_hand) if one.is_in_force(on=reader.on)]
    return [one for one in found if one.ends_on <= reader.on + SOON and one.amended_on is None]


@briefing.work(
    order=35,
    places=(Place.FILE, Place.DAY),
    permission="contracts.view_contract",
    asks=(_ending_soon,),
)
def ending(reader: Reader) -> Iterator[Work]:
    """Contracts whose term ends soon: renew, or let it end knowingly."""
    for one in _ending(reader):
        yield Work(
            "file-text",
            _("The contract with %(dealer)s ends") % {"dealer": one.dealer.local_name},
            why=_("It goes on by a year unless notice is given.")
            if one.prolongs and one.status == Status.ACTIVE
            else _("It ends with its term. Agree a new one in time."),
            url=one.get_absolute_url(),
            due=one.ends_on,
            action=_("Open"),
            section=Section.RISK,
            dealer_id=one.dealer_id,
        )


@briefing.work(order=5, places=(Place.HOME,), permission="contracts.sign_contract", asks=(_at_hand,))
def to_sign(reader: Reader) -> Iterator[Work]:
    """What the dealer's executive has to read and sign."""
    for one in _being_signed(reader):
        if one.status == Status.OFFERED:
            yield Work(
                "signature",
                (
                    _("An amendment is offered to you: %(number)s")
                    if one.is_amendment()
                    else _("A contract is offered to you: %(number)s")
                )
                % {"number": one.number},
                why=_("Read it in your language, then sign it here or on paper."),
                url=one.get_absolute_url(),
                due=one.starts_on,
                action=_("Read and sign"),
                section=Section.DECIDE,
            )


@briefing.work(order=28, places=(Place.FILE, Place.DAY), permission="contracts.countersign_contract", asks=(_at_hand,))
def to_countersign(reader: Reader) -> Iterator[Work]:
    """Signed by the dealer, and nobody has signed for us yet; not for who submitted it."""
    for one in _being_signed(reader):
        if (
            one.status == Status.SIGNED_BY_DEALER
            and one.countersigned_on is None
            and one.submitted_by_id != reader.user.pk
        ):
            yield Work(
                "signature",
                _("To be countersigned: %(number)s") % {"number": one.number},
                why=_("%(dealer)s signed on %(day)s.")
                % {"dealer": one.dealer.local_name, "day": formatting.day(one.signed_on) if one.signed_on else ""},
                url=one.get_absolute_url(),
                due=one.starts_on,
                action=_("Open"),
                section=Section.DECIDE,
                dealer_id=one.dealer_id,
            )


@briefing.work(order=30, places=(Place.FILE, Place.DAY), permission="contracts.file_contract", asks=(_at_hand,))
def to_file(reader: Reader) -> Iterator[Work]:
    """Signed by both sides, and not on file yet."""
    for one in _being_signed(reader):
        if one.status == Status.SIGNED_BY_DEALER and one.countersigned_on is not None:
            yield Work(
                "archive",
                _("To be filed: %(number)s") % {"number": one.number},
                why=one.dealer.local_name,
                url=one.get_absolute_url(),
                due=one.starts_on,
                action=_("Open"),
                section=Section.DECIDE,
                dealer_id=one.dealer_id,
            )


@briefing.work(order=31, places=(Place.FILE, Place.DAY), permission="contracts.file_contract", asks=(_at_hand,))
def scans_to_record(reader: Reader) -> Iterator[Work]:
    """Signed on paper by the dealer, who sent the scan: somebody looks at it and records the signatures."""
    for one in _being_signed(reader):
        if one.status == Status.OFFERED and getattr(one, "has_scan", False):
            yield Work(
                "printer",
                _("Signed on paper, to be recorded: %(number)s") % {"number": one.number},
                why=_("%(dealer)s sent the scan.") % {"dealer": one.dealer.local_name},
                url=reverse("contracts:record_signatures", args=[one.public_id]),
                due=one.starts_on,
                action=_("Record"),
                section=Section.DECIDE,
                dealer_id=one.dealer_id,
            )


@briefing.work(order=32, places=(Place.FILE, Place.DAY), permission="contracts.submit_contract", asks=(_at_hand,))
def waiting_for_the_dealer(reader: Reader) -> Iterator[Work]:
    """Offered by whoever looks after the dealer, and not signed: one call may help."""
    for one in _being_signed(reader):
        if one.status == Status.OFFERED and one.dealer.manager_id == reader.user.pk:
            yield Work(
                "hourglass",
                _("Waiting for the dealer's signature: %(number)s") % {"number": one.number},
                why=_("%(dealer)s, offered on %(day)s.")
                % {"dealer": one.dealer.local_name, "day": formatting.day(one.offered_at) if one.offered_at else ""},
                url=one.get_absolute_url(),
                due=one.starts_on,
                action=_("Open"),
                section=Section.RISK,
                dealer_id=one.dealer_id,
            )


def _ordered(reader: Reader) -> "QuerySet[Order, tuple[str, Decimal]]":
    """What the dealer has ordered and not received, by currency."""
    found = Order.objects.visible_to(reader.user).filter(dealer=reader.dealer, state=Order.State.OPEN)
    return found.order_by().values_list("currency").annotate(sum=Sum("amount"))


@briefing.figures(order=50, permission="contracts.view_contract", asks=(_at_hand, _ordered))
def credit(reader: Reader) -> Iterator[Figure]:
    """What may still be ordered on credit: the limit less what is owed and, where agreed, less open orders."""
    if reader.dealer is None:
        return
    contract = next((one for one in reader.rows(_at_hand) if one.is_in_force(on=reader.on)), None)
    if contract is None or contract.credit_limit is None:
        return
    owed = sum((item.open for item in open_items(reader) if item.currency == contract.currency), Decimal(0))
    orders = Decimal(0)
    if contract.credit_counts_orders:
        orders = dict(reader.rows(_ordered)).get(contract.currency, orders)
    left = contract.credit_limit - owed - orders
    yield Figure(
        label=_("Credit left"),
        value=formatting.number(left),
        unit=formatting.unit(contract.currency),
        url=contract.get_absolute_url(),
        state="late" if left < 0 else "",
        context_line=_("limit %(limit)s − owed %(owed)s − open orders %(orders)s")
        % {
            "limit": formatting.number(contract.credit_limit),
            "owed": formatting.number(owed),
            "orders": formatting.number(orders),
        },
    )
