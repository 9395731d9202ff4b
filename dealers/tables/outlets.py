"""A dealer's customers as lists: his own, who they are included, and what our people see of one dealer's."""

from typing import Any

from django.db.models import BooleanField, Prefetch, QuerySet, Value
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from dealers.filters import OutletFilter
from dealers.models import Outlet, OutletIdentity

VERBS = "row-verbs"  # the form of the page that the buttons in the rows send


def _mine(user: Any) -> QuerySet[Outlet]:
    """The dealer's own, with their identities: nobody else gets a row of this list."""
    own = Outlet.objects.visible_to(user) if user.is_dealers else Outlet.objects.none()
    may_change = Value(user.has_perm("dealers.change_outlet"), output_field=BooleanField())
    touched = own.select_related("identity", "territory", "terminal").defer("terminal__grams")
    return touched.annotate(may_change=may_change)


def _shown_to(user: Any) -> QuerySet[Outlet]:
    """All that this person reaches; an identity comes along only where the dealer shows it."""
    identities = Prefetch("identity", OutletIdentity.objects.visible_to(user))
    found = Outlet.objects.visible_to(user).select_related("territory", "terminal").defer("terminal__grams")
    return found.prefetch_related(identities)


def identity_of(outlet: Outlet) -> OutletIdentity | None:
    """Who it is, as far as it was fetched for this reader."""
    found: OutletIdentity | None = getattr(outlet, "identity", None)
    return found


# ---- cells -------------------------------------------------------------------------------------
def _under(*parts: str) -> SafeString:
    told = format_html_join(" · ", "{}", ((part,) for part in parts if part))
    return format_html('<span class="under">{}</span>', told) if told else SafeString("")


def _name(outlet: Any) -> SafeString:
    who, under = outlet.identity, _under(outlet.identity.contact, outlet.identity.phone)
    if not outlet.may_change:
        return format_html("{}{}", who.name, under)
    return format_html(
        '<a href="{}">{}</a>{}', reverse("dealers:outlet_edit", args=[outlet.public_id]), who.name, under
    )


def _consent(outlet: Any) -> SafeString:
    """Who knows it, with the button that changes that."""
    is_shown = outlet.identity.consented_at is not None
    chip = format_html('<span class="chip {}">{}</span>', "now" if is_shown else "calm", _known_to(outlet))
    if not outlet.may_change:
        return chip
    if outlet.is_archived:
        return format_html("{} {}", chip, _button(outlet, "restore", _("Take back"), _("Take %(name)s back")))
    if is_shown:
        words = pgettext("a customer from the manufacturer", "Hide")
        return format_html("{} {}", chip, _button(outlet, "hide", words, _("Hide %(name)s")))
    words = pgettext("a customer to the manufacturer", "Show")
    return format_html("{} {}", chip, _button(outlet, "show", words, _("Show %(name)s")))


def _known_to(outlet: Outlet) -> str:
    return pgettext("to the manufacturer", "Shown") if outlet.identity.consented_at else _("Only you")


def _button(outlet: Outlet, verb: str, words: str, label: str) -> SafeString:
    return format_html(
        '<button class="btn btn-sm" type="submit" form="{}" formaction="{}" aria-label="{}">{}</button>',
        VERBS,
        reverse(f"dealers:outlet_{verb}", args=[outlet.public_id]),
        label % {"name": outlet.identity.name},
        words,
    )


def _contact(outlet: Outlet) -> SafeString:
    who = identity_of(outlet)
    if who is None:
        return format_html('<span class="t-faint">{}</span>', _("not shown by the dealer"))
    return format_html("{}{}{}", who.name, _under(who.contact, who.phone), _under(who.address))


def _area(outlet: Outlet) -> SafeString:
    return format_html(
        "{}{}", outlet.territory.local_name, _under(outlet.terminal.local_name if outlet.terminal else "")
    )


def _since(outlet: Outlet) -> str:
    return formatting.iso_day(outlet.since) if outlet.since else ""


# ---- columns of both ----------------------------------------------------------------------------
_CODE = Sort(("code",), "dealers_outlet_code_per_dealer")
_CLASS = Column(
    "class",
    gettext_lazy("Class"),
    lambda outlet: outlet.get_outlet_class_display(),
    lambda outlet: outlet.get_outlet_class_display(),
    phone="bare",
)
_AREA = Column("area", gettext_lazy("Area"), _area, lambda outlet: outlet.territory.code)
_SINCE = Column(
    "since",
    gettext_lazy("Customer since"),
    _since,
    lambda outlet: outlet.since,
    Sort(("since",), "dealers_outlet_by_since", nullable=True, descending_first=True),
    phone="dropped",
)

MY_OUTLETS = register(
    Listing(
        "customers",
        gettext_lazy("My customers"),
        rows=_mine,
        columns=(
            Column(
                "name",
                gettext_lazy("Customer"),
                _name,
                lambda outlet: outlet.identity.name,
                Sort(("identity__name",), "dealers_outletidentity_by_name"),
            ),
            Column(
                "code",
                gettext_lazy("Customer code"),
                lambda outlet: outlet.code,
                lambda outlet: outlet.code,
                _CODE,
                phone="bare",
            ),
            _CLASS,
            _AREA,
            Column(
                "shown",
                gettext_lazy("Who it is"),
                _consent,
                _known_to,
            ),
            _SINCE,
            Column("contact", gettext_lazy("Contact"), export=lambda outlet: outlet.identity.contact),
            Column("phone", gettext_lazy("Phone"), export=lambda outlet: outlet.identity.phone),
            Column("address", gettext_lazy("Address"), export=lambda outlet: outlet.identity.address),
        ),
        sort="code",
        empty=Empty(
            "building-community",
            gettext_lazy("No customers yet"),
            gettext_lazy(
                "The wholesalers, shops and key accounts you sell to. Your reports name them, and your sales by class "
                "and area come from here."
            ),
        ),
        filters=OutletFilter,
        export_right="dealers.view_outlet",
        export_url="dealers:outlets_export",
        template="dealers/outlet_list.html",
    )
)

# What our people see: narrowed to one dealer by its page, and not for taking away.
OUTLETS = register(
    Listing(
        "outlets",
        gettext_lazy("Customers"),
        rows=_shown_to,
        columns=(
            Column("code", gettext_lazy("Customer"), lambda outlet: outlet.code, sort=_CODE),
            Column("contact", gettext_lazy("Who it is"), _contact),
            _CLASS,
            _AREA,
            _SINCE,
        ),
        sort="code",
        empty=Empty(
            "building-community",
            gettext_lazy("No customers on file"),
            gettext_lazy(
                "The dealer keeps this list. Class and area appear here as soon as the dealer adds them; names only "
                "where they are shown to you."
            ),
        ),
        filters=OutletFilter,
        template="dealers/outlet_sheet.html",
    )
)
