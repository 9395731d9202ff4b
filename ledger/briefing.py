"""What the ledger has to say on My day, in a dealer's file and on his home page."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import formatting
from core.periods import months_later
from dealers import briefing
from dealers.briefing import Card, Figure, Line, Place, Reader, Section, Work
from dealers.tabs import Tab, add
from ledger import lines, receivables
from ledger.models import Level, Movement, Order, ReportDue
from ledger.receivables import OpenItem

MOST_LINES = 3

add(
    Tab("trade", gettext_lazy("Trade"), "ledger:trade", order=10, permission="ledger.view_movement"),
    Tab("reports", gettext_lazy("Reports"), "ledger:reports_tab", order=15, permission="ledger.view_reportdue"),
)


def open_items(reader: Reader) -> list[OpenItem]:
    """The unpaid invoices of the one dealer that the page is about, read once a page."""
    return reader.once("open items", lambda: receivables.open_items(reader.dealers, on=reader.on))


@briefing.figures(order=40, permission="ledger.view_invoice")
def owed(reader: Reader) -> Iterator[Figure]:
    """What is owed, in the dealer's own currency, and what of it is late."""
    if reader.dealer is None:
        return
    items = [item for item in open_items(reader) if item.currency == reader.dealer.currency]
    total = sum((item.open for item in items), Decimal(0))
    late = sum((item.open for item in items if item.days_late(on=reader.on)), Decimal(0))
    currency = reader.dealer.currency
    following = next((item for item in items if item.due_on and item.due_on >= reader.on), None)
    if late:
        note = _("%(amount)s of it is overdue") % {"amount": formatting.money(late, currency)}
    elif following is not None and following.due_on is not None:
        note = _("next %(amount)s on %(day)s") % {
            "amount": formatting.money(following.open, currency), "day": formatting.day(following.due_on)}  # fmt: skip
    else:
        note = _("Nothing is open.")
    yield Figure(
        label=_("Owed to us") if reader.user.is_ours else _("You owe"),
        value=formatting.number(total),
        unit=formatting.unit(currency),
        url=reverse("ledger:trade", args=[reader.dealer.public_id]) + "#money",
        state="late" if late else "",
        context_line=note,
    )


@briefing.figures(order=60, places=(Place.MEETING,), permission="ledger.view_reportdue")
def reports_in_time(reader: Reader) -> Iterator[Figure]:
    """How many reports on the last twelve months came until they were due."""
    since = months_later(reader.on, -12)
    found = ReportDue.objects.visible_to(reader.user).filter(dealer=reader.dealer, waived_by=None)
    came_or_late = Q(filed_on__isnull=False) | Q(due_on__lt=reader.on)
    numbers = found.filter(came_or_late, month__gte=since, month__lt=reader.on.replace(day=1)).aggregate(
        all=Count("pk"), in_time=Count("pk", filter=Q(filed_on__lte=F("due_on")))
    )
    if numbers["all"] and reader.dealer is not None:
        yield Figure(
            label=_("Reports in time, twelve months"),
            value=_("%(count)s of %(all)s")
            % {"count": formatting.number(numbers["in_time"]), "all": formatting.number(numbers["all"])},
            url=reverse("ledger:reports_tab", args=[reader.dealer.public_id]),
            state="late" if numbers["in_time"] < numbers["all"] else "",
        )


@briefing.figures(order=65, places=(Place.MEETING,), permission="ledger.view_movement")
def lines_to_push(reader: Reader) -> Iterator[Figure]:
    """The product lines that fell most and grew most: three full months against the same a year before."""
    dealer = reader.dealer
    if dealer is None:
        return
    end = reader.on.replace(day=1) - timedelta(days=1)
    start = months_later(end.replace(day=1), -2)
    before_start, before_end = months_later(start, -12), months_later(reader.on.replace(day=1), -12) - timedelta(days=1)
    of = {"occurred_on__range": (start, end)}
    before = {"occurred_on__range": (before_start, before_end)}
    moved = Movement.objects.visible_to(reader.user).filter(
        Q(**of) | Q(**before), dealer=dealer, level=Level.MAKER_TO_DEALER, currency=dealer.currency,
        product__isnull=False,
    )  # fmt: skip
    named = "product__line__code", "product__line__name", "product__line__name_zh"
    sums = moved.order_by().values_list(*named).annotate(
        now=Coalesce(Sum("amount_e4", filter=Q(**of)), 0), then=Coalesce(Sum("amount_e4", filter=Q(**before)), 0)
    )  # fmt: skip
    found = sorted(((now - then, code, (zh or name) if formatting.is_chinese() else name, now, then)
                    for code, name, zh, now, then in sums if now != then))  # fmt: skip
    fell = [one for one in found if one[0] < 0][:MOST_LINES]
    grew = [one for one in reversed(found) if one[0] > 0][:1]
    for change, code, name, now, then in (*fell, *grew):
        words = _("To push: %(line)s") if change < 0 else _("Strongest: %(line)s")
        yield Figure(
            label=words % {"line": name},
            value=formatting.number(Decimal(now) / receivables.E4),
            unit=formatting.unit(dealer.currency),
            url=lines.movements(dealer, level=Level.MAKER_TO_DEALER, start=start, end=end, line=code),
            context_line=_("three months; a year before %(amount)s")
            % {"amount": formatting.number(Decimal(then) / receivables.E4)},
        )


def _orders(reader: Reader) -> QuerySet[Order]:
    found = Order.objects.visible_to(reader.user).filter(dealer=reader.dealer).on_the_way()
    return found.order_by("promised_on", "pk")[:4]


@briefing.card(order=15, places=(Place.FILE, Place.HOME), permission="ledger.view_order", asks=(_orders,))
def on_the_way(reader: Reader) -> Card | None:
    orders = reader.rows(_orders)
    if not orders or reader.dealer is None:
        return None
    return Card(
        title=_("Orders on the way"),
        lines=[
            Line(
                title=order.number,
                why=_("%(state)s, %(amount)s")
                % {"state": order.get_state_display(), "amount": formatting.money(order.amount, order.currency)},
                due=order.promised_on,
            )
            for order in orders
        ],
        more=_("All orders"),
        more_url=f"{reverse('ledger:orders')}?dealer={reader.dealer.public_id}",
    )


def _to_report(reader: Reader) -> QuerySet[ReportDue]:
    """What the dealer himself has to report, oldest first."""
    return ReportDue.objects.visible_to(reader.user).open().order_by("due_on", "pk")[: reader.cut]


@briefing.work(order=5, places=(Place.HOME,), permission="ledger.file_report", asks=(_to_report,))
def reports_due(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_to_report):
        yield Work(
            "clipboard-check",
            _("Report for %(month)s: %(report)s") % {"report": one.get_kind_display(), "month": one.period},
            why=_("Key it in, send a file, or say that there is nothing to report."),
            url=reverse("ledger:report_file", args=[one.public_id]),
            due=one.due_on,
            action=_("Report"),
            section=Section.LATE if one.due_on < reader.on else Section.TODAY,
        )


def _late(reader: Reader) -> QuerySet[ReportDue]:
    late = ReportDue.objects.visible_to(reader.user).late(on=reader.on).filter(reader.theirs)
    return late.select_related("dealer").order_by("due_on", "pk")[: 5 * reader.cut]


@briefing.work(order=45, places=(Place.FILE, Place.DAY), permission="ledger.view_reportdue", asks=(_late,))
def reports_late(reader: Reader) -> Iterator[Work]:
    """Who owes reports: one row a dealer, however many they are."""
    by_dealer: dict[int, list[ReportDue]] = {}
    for one in reader.rows(_late):
        by_dealer.setdefault(one.dealer_id, []).append(one)
    for some in list(by_dealer.values())[: reader.cut]:
        dealer = some[0].dealer
        if reader.user.is_dealers:
            text = ngettext("You owe %(count)d report", "You owe %(count)d reports", len(some))
        else:
            text = ngettext("%(dealer)s owes %(count)d report", "%(dealer)s owes %(count)d reports", len(some))
        yield Work(
            "clipboard-check",
            text % {"dealer": dealer.local_name, "count": len(some)},
            why=formatting.listed(
                _("%(report)s (%(month)s)") % {"report": one.get_kind_display(), "month": one.period.short}
                for one in some[:3]
            ),
            url=f"{reverse('ledger:reports')}?dealer={dealer.public_id}&state=open",
            due=some[0].due_on,
            action=_("Open"),
            section=Section.LATE,
            dealer_id=dealer.pk,
        )


@briefing.work(order=40, places=(Place.FILE, Place.DAY), permission="ledger.view_invoice")
def overdue(reader: Reader) -> Iterator[Work]:
    """Who is late with paying, by currency, the oldest debt first."""
    if reader.dealer is not None:
        debts, dealers = receivables.debts_of(open_items(reader), on=reader.on), {reader.dealer.pk: reader.dealer}
    else:
        debts = receivables.overdue(reader.dealers, on=reader.on, most=reader.cut)
        dealers = {one.pk: one for one in reader.dealers.filter(pk__in={debt.dealer_id for debt in debts})}
    for debt in debts:
        dealer = dealers[debt.dealer_id]
        yield Work(
            "cash",
            _("%(dealer)s: %(amount)s overdue")
            % {"dealer": dealer.local_name, "amount": formatting.money(debt.total, debt.currency)},
            why=_("The oldest invoice was due on %(day)s.") % {"day": formatting.day(debt.oldest)},
            url=reverse("ledger:trade", args=[dealer.public_id]) + "#money",
            due=debt.oldest,
            action=_("Open"),
            section=Section.LATE,
            dealer_id=debt.dealer_id,
        )
