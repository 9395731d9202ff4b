"""The lists of announcements: ours, who has read one, and what reached a dealer."""

from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from communications.filters import AnnouncementFilter, NewsFilter, ReadersFilter
from communications.models import Announcement, AnnouncementCopy
from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from dealers.tables.cells import linked

State = Announcement.State
CHIPS = {State.DRAFT: "now", State.PUBLISHED: "calm", State.REPLACED: "", State.WITHDRAWN: ""}


def _announcements(user: Any) -> QuerySet[Announcement]:
    return Announcement.objects.visible_to(user).for_list()


def _title(one: Announcement) -> SafeString:
    return format_html(
        '<a href="{}">{}</a><span class="under">{}</span>', one.get_absolute_url(), one.local_title, one.author.name
    )


def _state(one: Announcement) -> SafeString:
    return format_html('<span class="chip {}">{}</span>', CHIPS[State(one.state)], one.get_state_display())


ANNOUNCEMENTS = register(
    Listing(
        "announcements",
        gettext_lazy("Announcements"),
        rows=_announcements,
        columns=(
            Column("title", gettext_lazy("Title"), _title, lambda one: one.local_title),
            Column("state", gettext_lazy("State"), _state, lambda one: one.get_state_display(), phone="bare"),
            Column(
                "confirmation",
                gettext_lazy("Confirmation"),
                lambda one: pgettext_lazy("announcement", "asked for") if one.needs_confirmation else "",
                phone="dropped",
            ),
            Column(
                "published",
                pgettext_lazy("announcement", "Published"),
                lambda one: formatting.iso_day(one.published_at) if one.published_at else "",
                is_number=True,
                phone="dropped",
            ),
            Column(
                "created",
                pgettext_lazy("announcement", "Created"),
                lambda one: formatting.iso_day(one.created_at),
                sort=Sort(("created_at",), "communications_ann_created", descending_first=True),
                is_number=True,
            ),
        ),
        sort="-created",
        empty=Empty(
            "speakerphone",
            gettext_lazy("No announcements yet"),
            gettext_lazy("Write one: you see whom it reaches before it goes out, and who has read it afterwards."),
        ),
        filters=AnnouncementFilter,
        template="communications/announcements.html",
    )
)


# ---- who has read it ---------------------------------------------------------------------------
def _copies(user: Any) -> QuerySet[AnnouncementCopy]:
    return AnnouncementCopy.objects.visible_to(user).for_list().with_reading()


def _whose(one: AnnouncementCopy) -> SafeString:
    return linked(one.dealer.get_absolute_url(), one.dealer.local_name, one.dealer.code)


def reading_of(one: Any) -> tuple[str, str]:
    """What a copy's reader has done, in words, and its chip."""
    if one.confirmed_at:
        return _("Confirmed"), "good"
    is_out = one.announcement.is_out()
    if not one.read_at:
        return _("Not read yet"), "now" if is_out else ""
    if one.announcement.needs_confirmation and is_out:
        return _("Read, not confirmed"), "warn"
    return pgettext("announcement", "Read"), "calm"


def _reading(one: AnnouncementCopy) -> SafeString:
    words, css = reading_of(one)
    return format_html('<span class="chip {}">{}</span>', css, words)


def _moment(name: str) -> Any:
    return lambda one: formatting.iso_moment(getattr(one, name)) if getattr(one, name) else ""


READERS = register(
    Listing(
        "readers",
        gettext_lazy("Who has read it"),
        rows=_copies,
        columns=(
            Column("dealer", gettext_lazy("Dealer"), _whose, lambda one: one.dealer.code),
            Column("name", gettext_lazy("Name"), export=lambda one: one.dealer.local_name),
            Column("title", gettext_lazy("Announcement"), export=lambda one: one.announcement.local_title),
            Column("reading", gettext_lazy("Reading"), _reading, lambda one: reading_of(one)[0], phone="bare"),
            Column(
                "read", pgettext_lazy("announcement", "Read"), _moment("read_at"), lambda one: one.read_at,
                is_number=True, phone="dropped",
            ),
            Column(
                "confirmed", pgettext_lazy("announcement", "Confirmed"), _moment("confirmed_at"),
                lambda one: one.confirmed_at, is_number=True, phone="dropped",
            ),
            Column(
                "reached", gettext_lazy("Reached the dealer"), _moment("at"), lambda one: one.at,
                Sort(("at",), "communications_anncopy_at", descending_first=True), is_number=True,
            ),
        ),
        sort="-reached",
        empty=Empty("speakerphone", gettext_lazy("Nobody was reached yet"), ""),
        filters=ReadersFilter,
        export_right="communications.view_announcement",
        export_url="communications:readers_export",
    )
)  # fmt: skip


# ---- what reached the dealer -------------------------------------------------------------------
def _news(one: AnnouncementCopy) -> SafeString:
    return format_html('<a href="{}">{}</a>', one.get_absolute_url(), one.announcement.local_title)


def _news_state(one: Any) -> SafeString:
    if one.announcement.state in {State.WITHDRAWN, State.REPLACED}:
        return format_html('<span class="chip">{}</span>', one.announcement.get_state_display())
    return _reading(one)


NEWS = register(
    Listing(
        "news",
        gettext_lazy("Announcements"),
        rows=_copies,
        columns=(
            Column("title", gettext_lazy("Title"), _news, lambda one: one.announcement.local_title),
            Column("reading", gettext_lazy("Reading"), _news_state, phone="bare"),
            Column(
                "reached", pgettext_lazy("announcement", "Published"), _moment("at"), lambda one: one.at,
                Sort(("at",), "communications_anncopy_at", descending_first=True), is_number=True,
            ),
        ),
        sort="-reached",
        empty=Empty(
            "speakerphone", gettext_lazy("No announcements yet"),
            gettext_lazy("What the manufacturer lets you know stands here, with what you confirmed."),
        ),
        filters=NewsFilter,
        has_search=False,
    )
)  # fmt: skip
