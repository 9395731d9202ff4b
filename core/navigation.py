"""The portal's frame for one reader: brand, sections, what is current, what asks for work.

Each room says in its `navigation.py` which entries it brings (`add(Entry(...))`). An entry the reader may not open is
not shown; a count is shown only when it asks for work.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import get_language, get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.counting import Question, question
from core.doors import Audience

type Text = "str | Promise"


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    title: Text
    audience: Audience
    order: int


SECTIONS = (
    Section("day", "", Audience.STAFF, 0),
    Section("recruit", _("Recruit"), Audience.STAFF, 10),
    Section("agree", pgettext_lazy("navigation", "Agree"), Audience.STAFF, 20),
    Section("perform", pgettext_lazy("navigation", "Perform"), Audience.STAFF, 30),
    Section("inform", pgettext_lazy("navigation", "Inform"), Audience.STAFF, 40),
    Section("administer", pgettext_lazy("navigation", "Administration"), Audience.STAFF, 50),
    Section("home", "", Audience.DEALER, 0),
    Section("business", _("Your business"), Audience.DEALER, 10),
    Section("agreement", _("Agreement"), Audience.DEALER, 20),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the sidebar. `counters` name what asks for work there (see `count_by`), shown as their sum;
    `shortcut` puts it in the phone's bar."""

    section: str
    label: Text
    url_name: str
    icon: str
    permission: str = ""
    order: int = 50
    counters: tuple[str, ...] = ()
    shortcut: bool = False
    short_label: Text = ""
    covers: tuple[str, ...] = ()  # names of pages that lie here though their address is elsewhere; * for all of a kind


_entries: list[Entry] = []
_counters: dict[str, Callable[[Any], Any]] = {}


def add(*entries: Entry) -> None:
    _entries.extend(entries)
    _laid_out.cache_clear()


def count_by(name: str, expression: Callable[[Any], Any]) -> None:
    """Register a counter: user -> a queryset that follows from the user's standing and the day, and from nothing else.

    All counters of a page are counted by one statement, which is kept.
    """
    _counters[name] = expression


def discover() -> None:
    autodiscover_modules("navigation")


@dataclass(frozen=True, slots=True)
class Place:
    """One entry as somebody reads it, in his language: all that its drawing shows."""

    label: str
    short_label: str
    url: str
    icon: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class ShownSection:
    title: str
    items: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """A language as its own readers call it; `tag` is what a page's markup says of it."""

    code: str
    tag: str
    name: str


@cache
def _other_languages(current: str | None) -> tuple[Language, ...]:
    return tuple(
        Language(code, "zh-Hans", "中文")
        if code == "zh-hans"
        else Language(code, code, get_language_info(code)["name_local"])
        for code, _name in settings.LANGUAGES
        if code != current
    )


def portal(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: `portal`, evaluated only by pages that show the frame."""
    return {"portal": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> dict[str, Any]:
    user: Any = getattr(request, "user", None)
    frame: dict[str, Any] = {
        "brand": settings.MANUFACTURER_NAME,
        "language_url": reverse("set_language"),
        "other_languages": _other_languages(get_language()),
        "theme_url": reverse("set_theme"),
        "theme": getattr(user, "theme", "auto"),
        "is_dealer": bool(getattr(user, "is_dealers", False)),
        "sections": (),
        "shortcuts": (),
        "unread": 0,
    }
    if user.is_authenticated:
        # Functions, which a template calls: an error page shows none of this and must not ask the database.
        counts = cache(lambda: counted(user) if _may_count(request) else {})
        current = cache(lambda: _current(request, user))
        frame |= {
            "sections": cache(lambda: _sections(user, counts(), current())),
            "shortcuts": cache(lambda: _shortcuts(user, counts(), current())),
            "unread": lambda: counts().get("unread", 0),
            "search_url": _maybe("search"),
            "bell_url": _maybe("communications:bell"),
            "account_url": _maybe("preferences"),
            "sign_out_url": reverse("account_logout"),
        }
    return frame


def _may_count(request: HttpRequest) -> bool:
    """Account doors stay on the login role, which has no right on what is counted."""
    door = getattr(request, "door", None)
    return door is not None and door.audience in {Audience.DEALER, Audience.STAFF, Audience.PORTAL}


def _maybe(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody who reads the frame, as far as it decides what is counted for him."""

    standing: Hashable
    today: date
    user: Any = field(compare=False)


@lru_cache(maxsize=1024)  # every page counts, and the statement changes only with the standing
def _question(reader: _Reader) -> Question:
    return question({name: make(reader.user) for name, make in _counters.items()})


def counted(user: Any) -> Mapping[str, int]:
    """What asks for work, by counter; asked once for each request, whoever of the page needs it first."""
    kept: dict[str, int] | None = getattr(user, "_frame_counts", None)
    if kept is None:
        kept = user._frame_counts = _question(_Reader(user.standing, timezone.localdate(), user)).ask()
    return kept


@dataclass(frozen=True, slots=True)
class _Laid:
    """An entry with what follows from language and addresses alone: what no request changes."""

    label: str
    short_label: str
    url: str
    entry: Entry

    def nearness(self, request: HttpRequest) -> int:
        """How plainly the page lies here: it is this place, it is named as a part of it, its address begins so."""
        at = getattr(request.resolver_match, "view_name", "")
        if request.path == self.url:
            return 3
        if any(fnmatchcase(at, name) for name in self.entry.covers):
            return 2
        return 1 if self.url != "/" and request.path.startswith(self.url) else 0

    def shown(self, counts: Mapping[str, int], *, is_current: bool) -> Place:
        count = sum(counts.get(name, 0) for name in self.entry.counters)
        return Place(self.label, self.short_label, self.url, self.entry.icon, count, is_current)


@dataclass(frozen=True, slots=True)
class _Who:
    """Somebody, as far as it decides which entries are open to him."""

    standing: Hashable
    audiences: frozenset[Audience]
    language: str | None
    root: str
    user: Any = field(compare=False)


@lru_cache(maxsize=1024)
def _laid_out(who: _Who) -> tuple[tuple[str, tuple[_Laid, ...]], ...]:
    """The sections that have something to open, in their order, as (title, entries)."""
    sections = [one for one in sorted(SECTIONS, key=lambda one: one.order) if one.audience in who.audiences]
    found = ((str(one.title), tuple(_laid(entry) for entry in _open_to(who.user, one.code))) for one in sections)
    return tuple((title, entries) for title, entries in found if entries)


def _laid(entry: Entry) -> _Laid:
    return _Laid(str(entry.label), str(entry.short_label or entry.label), reverse(entry.url_name), entry)


def _layout(user: Any) -> tuple[tuple[str, tuple[_Laid, ...]], ...]:
    return _laid_out(_Who(user.standing, user.audiences(), get_language(), get_script_prefix(), user))


def _current(request: HttpRequest, user: Any) -> _Laid | None:
    """The one place where the page lies: a meeting of a dealer is among the meetings, though his address begins it."""
    places = [one for _title, entries in _layout(user) for one in entries]
    near = [(nearness, len(one.url), one) for one in places if (nearness := one.nearness(request))]
    return max(near, key=itemgetter(0, 1))[2] if near else None


def _sections(user: Any, counts: Mapping[str, int], current: _Laid | None) -> tuple[ShownSection, ...]:
    return tuple(
        ShownSection(title, tuple(one.shown(counts, is_current=one is current) for one in entries))
        for title, entries in _layout(user)
    )


def _shortcuts(user: Any, counts: Mapping[str, int], current: _Laid | None) -> tuple[Place, ...]:
    found = [one for _title, entries in _layout(user) for one in entries if one.entry.shortcut]
    return tuple(one.shown(counts, is_current=one is current) for one in found[:4])


def _open_to(user: Any, section: str) -> list[Entry]:
    entries = [e for e in _entries if e.section == section and (not e.permission or user.has_perm(e.permission))]
    return sorted(entries, key=lambda entry: entry.order)
