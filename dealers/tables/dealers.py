"""The list of dealers: which rows, which columns, what it sorts by."""

from datetime import timedelta
from typing import Any

from django.db.models import DateField, DateTimeField, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from dealers.filters import DealerFilter
from dealers.models import Dealer, Document, Event

SOON = timedelta(days=30)
# The normal state has no colour; what is over is grey.
STATUS_CSS = {"active": " calm", "candidate": " now", "suspended": " bad", "parting": " warn", "ended": ""}
STATUS, TIER, SEGMENT = dict(Dealer.Status.choices), dict(Dealer.Tier.choices), dict(Dealer.Segment.choices)
# Everything that a cell or an exported cell reads; above all not `grams`, which is longer than all the rest.
TOUCHED = (
    *("public_id", "name", "name_zh", "code", "status", "tier", "segment", "city", "country", "currency", "tags"),
    *("since", "home__name", "home__name_zh", "manager__name"),
)


def _dealers(user: Any) -> QuerySet[Dealer]:
    """Visible dealers with what their rows show: the next expiry of a document, the last thing that happened."""
    # allow unscoped: both are tied to the visible dealers below
    documents = Document.objects.current().filter(dealer=OuterRef("pk"), expires_on__isnull=False)
    # allow unscoped: tied to the visible dealers below
    events = Event.objects.filter(dealer=OuterRef("pk")).exclude(visibility=Event.Visibility.DEALER)
    return (
        Dealer.objects.visible_to(user)
        .for_list()
        .only(*TOUCHED)
        .annotate(
            next_expiry=Subquery(
                documents.order_by().values("dealer").annotate(first=Min("expires_on")).values("first"),
                output_field=DateField(),
            ),
            last_event_at=Subquery(events.values("at")[:1], output_field=DateTimeField()),
        )
    )


def _name(dealer: Dealer) -> SafeString:
    place, tier = dealer.home.local_name, TIER.get(dealer.tier, "")  # the place has a column, which a phone leaves out
    return format_html(
        '<a href="{}">{}</a><span class="under"><span class="only-phone-i">{}{}</span>{}</span>',
        dealer.get_absolute_url(),
        dealer.local_name,
        place,
        " · " if tier else "",
        tier,
    )


def _status(dealer: Dealer) -> SafeString:
    return format_html('<span class="chip{}">{}</span>', STATUS_CSS[dealer.status], STATUS[dealer.status])


def _manager(dealer: Dealer) -> object:
    return dealer.manager.name if dealer.manager else _missing(_("Nobody"))


def _since(dealer: Dealer) -> object:
    return formatting.iso_day(dealer.since) if dealer.since else _missing(_("n/a"))


def _expiry(dealer: Any) -> object:
    """The next document to expire: red when it has, amber when it will soon."""
    if dealer.next_expiry is None:
        return ""
    left = dealer.next_expiry - timezone.localdate()
    state = "late" if left < timedelta() else "soon" if left <= SOON else ""
    return format_html('<span class="{}">{}</span>', state, formatting.iso_day(dealer.next_expiry))


def _last_event(dealer: Any) -> object:
    at = dealer.last_event_at
    return format_html('<span title="{}">{}</span>', formatting.iso_moment(at), formatting.ago(at)) if at else ""


def _missing(words: str) -> SafeString:
    return format_html('<span class="na">{}</span>', words)


DEALERS = register(
    Listing(
        "dealers",
        gettext_lazy("Dealers"),
        rows=_dealers,
        columns=(
            Column(
                "name",
                gettext_lazy("Dealer"),
                _name,
                lambda dealer: dealer.name,
                Sort(("sort_key",), "dealers_dealer_by_name"),
            ),
            Column("name_zh", gettext_lazy("Chinese name"), export=lambda dealer: dealer.name_zh),
            Column(
                "code",
                gettext_lazy("Code"),
                export=lambda dealer: dealer.code,
                sort=Sort(("code",), "dealers_dealer_by_code"),
            ),
            Column(
                "status",
                gettext_lazy("Status"),
                _status,
                lambda dealer: STATUS[dealer.status],
                Sort(("status", "sort_key"), "dealers_dealer_by_status"),
                phone="bare",
            ),
            Column("tier", gettext_lazy("Tier"), export=lambda dealer: TIER.get(dealer.tier, "")),
            Column("segment", gettext_lazy("Segment"), export=lambda dealer: SEGMENT.get(dealer.segment, "")),
            Column(
                "territory",
                gettext_lazy("Territory"),
                lambda dealer: dealer.home.local_name,
                lambda dealer: dealer.home.local_name,
                phone="dropped",
            ),
            Column("city", gettext_lazy("City"), export=lambda dealer: dealer.city),
            Column("country", gettext_lazy("Country"), export=lambda dealer: dealer.country),
            Column(
                "manager",
                gettext_lazy("Account manager"),
                _manager,
                lambda dealer: dealer.manager.name if dealer.manager else "",
                phone="dropped",
            ),
            Column("currency", gettext_lazy("Currency"), export=lambda dealer: dealer.currency),
            Column("tags", gettext_lazy("Tags"), export=lambda dealer: ", ".join(dealer.tags)),
            Column(
                "since",
                gettext_lazy("Dealer since"),
                _since,
                lambda dealer: dealer.since,
                Sort(("since",), "dealers_dealer_by_since", nullable=True, descending_first=True),
                is_number=True,
                phone="dropped",
            ),
            Column(
                "expiry",
                pgettext_lazy("column", "Next expiry"),
                _expiry,
                lambda dealer: dealer.next_expiry,
                is_number=True,
                phone="dropped",
            ),
            Column(
                "event",
                pgettext_lazy("column", "Last event"),
                _last_event,
                lambda dealer: dealer.last_event_at,
                is_number=True,
                phone="dropped",
            ),
        ),
        sort="name",
        empty=Empty(
            "building-store",
            gettext_lazy("No dealers in your reach yet"),
            gettext_lazy("Dealers appear here when they are approved, or imported, in a territory assigned to you."),
        ),
        filters=DealerFilter,
        export_right="dealers.export_dealers",
        export_url="dealers:export",
        template="dealers/dealer_list.html",
    )
)
