"""The lists of this room: openings and applications."""

from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from onboarding.filters import ApplicationFilter, OpeningFilter
from onboarding.models import Application, Opening

State = Application.State
OPENING_CHIPS = {Opening.State.DRAFT: "now", Opening.State.OPEN: "good", Opening.State.CLOSED: ""}
CHIPS = {
    State.DRAFT: "",
    State.SUBMITTED: "now",
    State.SCREENING: "now",
    State.IN_APPROVAL: "now",
    State.SENT_BACK: "warn",
    State.APPROVED: "good",
    State.REJECTED: "",
    State.WITHDRAWN: "",
}


def _openings(user: Any) -> QuerySet[Opening]:
    return Opening.objects.visible_to(user).for_list()


def _title(opening: Opening) -> SafeString:
    return format_html(
        '<a href="{}">{}</a><span class="under">{}</span>',
        opening.get_absolute_url(), opening.local_title, opening.territory.local_name,
    )  # fmt: skip


def _opening_state(opening: Opening) -> SafeString:
    css = OPENING_CHIPS[Opening.State(opening.state)]
    return format_html('<span class="chip {}">{}</span>', css, opening.get_state_display())


def _sent(opening: Any) -> int:
    count: int = opening.sent
    return count


OPENINGS = register(
    Listing(
        "openings",
        gettext_lazy("Openings"),
        rows=_openings,
        columns=(
            Column("opening", gettext_lazy("Opening"), _title, lambda one: one.title),
            Column("code", gettext_lazy("Code"), export=lambda one: one.code),
            Column("territory", gettext_lazy("Territory"), export=lambda one: one.territory.code),
            Column("state", gettext_lazy("State"), _opening_state, lambda one: one.get_state_display(), phone="bare"),
            Column(
                "opens",
                gettext_lazy("Open from"),
                lambda one: formatting.iso_day(one.opens_on),
                lambda one: one.opens_on,
                Sort(("opens_on",), "onboarding_opening_by_start", descending_first=True),
                is_number=True,
                phone="dropped",
            ),
            Column(
                "closes",
                gettext_lazy("Open until"),
                lambda one: formatting.iso_day(one.closes_on) if one.closes_on else "",
                lambda one: one.closes_on,
                is_number=True,
            ),
            Column(
                "goal",
                gettext_lazy("First-year goal"),
                lambda one: formatting.money(one.first_year_goal, one.currency) if one.first_year_goal else "",
                lambda one: one.first_year_goal,
                is_number=True,
                phone="dropped",
            ),
            Column("currency", gettext_lazy("Currency"), export=lambda one: one.currency),
            Column("sent", gettext_lazy("Applications"), _sent, _sent, is_number=True),
        ),
        sort="-opens",
        empty=Empty(
            "map-pin",
            gettext_lazy("No openings yet"),
            gettext_lazy("An opening says where we look for a dealer, what we give, and how candidates are judged."),
        ),
        filters=OpeningFilter,
        export_right="onboarding.export_applications",
        export_url="onboarding:openings_export",
        template="onboarding/openings.html",
    )
)


def _applications(user: Any) -> QuerySet[Application]:
    return Application.objects.visible_to(user).for_list()


def _company(application: Application) -> SafeString:
    return format_html(
        '<a href="{}">{}</a><span class="under">{}</span>',
        application.get_absolute_url(), application, application.opening.local_title,
    )  # fmt: skip


def _state(application: Application) -> SafeString:
    css = CHIPS[State(application.state)]
    return format_html('<span class="chip {}">{}</span>', css, application.get_state_display())


def _owner(application: Application) -> str:
    owner = application.handling.owner if hasattr(application, "handling") else None
    return owner.name if owner else ""


def _next_words(application: Application) -> str:
    return application.handling.next_step if hasattr(application, "handling") else ""


def _next(application: Application) -> SafeString | str:
    if not _next_words(application):
        return ""
    day = formatting.iso_day(application.handling.next_on) if application.handling.next_on else ""
    return format_html('{}<span class="under">{}</span>', application.handling.next_step, day)


def _days(application: Application) -> str:
    return formatting.ago(application.submitted_at) if application.submitted_at else ""


APPLICATIONS = register(
    Listing(
        "applications",
        gettext_lazy("Applications"),
        rows=_applications,
        columns=(
            Column("company", gettext_lazy("Company"), _company, str),
            Column("number", gettext_lazy("Number"), export=lambda one: one.number),
            Column("opening", gettext_lazy("Opening"), export=lambda one: one.opening.code),
            Column("state", gettext_lazy("State"), _state, lambda one: one.get_state_display(), phone="bare"),
            Column(
                "sent",
                pgettext_lazy("application", "Sent"),
                _days,
                lambda one: one.submitted_at,
                Sort(("submitted_at",), "onboarding_app_by_day", descending_first=True, nullable=True),
            ),
            Column(
                "source",
                gettext_lazy("Source"),
                lambda one: one.get_source_display(),
                lambda one: one.get_source_display(),
                phone="dropped",
            ),
            Column("owner", gettext_lazy("Looked after by"), _owner, _owner, phone="dropped"),
            Column("next", gettext_lazy("Next step"), _next, _next_words, phone="dropped"),
        ),
        sort="-sent",
        empty=Empty(
            "inbox",
            gettext_lazy("No applications yet"),
            gettext_lazy("Publish an opening: whoever applies for it stands here as soon as he has sent it."),
        ),
        filters=ApplicationFilter,
        export_right="onboarding.export_applications",
        export_url="onboarding:applications_export",
        template="onboarding/applications.html",
    )
)
