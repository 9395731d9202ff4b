"""What somebody should know now: the registry behind My day, the dealer's file and the dealer's home.

Any room adds to it from a module named `briefing.py`, one small function each:

    @briefing.work(order=30, permission="contracts.view_contract")
    def notice_dates(reader: Reader) -> Iterator[Work]: ...

What a function reads it may say beforehand: then everything that a page reads is read by one statement.

    def expiring(reader: Reader) -> QuerySet[Document]: ...

    @briefing.work(order=30, asks=(expiring,))
    def documents_running_out(reader: Reader) -> Iterator[Work]:
        for one in reader.rows(expiring): ...

Work rows are found set-wise over `reader.dealers`: the same function serves the page of one dealer and the day of
somebody who looks after five hundred. Cards and figures are about `reader.dealer`, or about the reader on My day.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from core import together
from core.drawing import Track
from dealers.models import Dealer, User

type Text = "str | Promise"
type Ask[R] = Callable[["Reader"], "QuerySet[Any, R]"]


class Place(StrEnum):
    FILE = "file"  # the dealer's page
    DAY = "day"  # My day, for our people
    HOME = "home"  # the dealer's own first page
    MEETING = "meeting"  # the briefing of a meeting with one dealer, for either side


class Section(StrEnum):
    """Where a work row stands on My day."""

    TODAY = "today"
    DECIDE = "decide"
    LATE = "late"
    RISK = "risk"


SECTION_TITLES: dict[Section, Text] = {
    Section.TODAY: _("Today"),
    Section.DECIDE: _("Decide"),
    Section.LATE: _("Late"),
    Section.RISK: _("At risk"),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, about which dealers, on which day, where."""

    user: User
    dealers: QuerySet[Dealer]
    on: date
    place: Place
    dealer: Dealer | None = None
    most: int = 20  # rows that one function may show
    _known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    _read: dict[Ask[Any], QuerySet[Any, Any]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def cut(self) -> int:
        """How many rows a function need not go beyond: one more than is shown tells that there are more."""
        return self.most + 1

    @property
    def theirs(self) -> Q:
        """The condition on rows for belonging to these dealers, beside what the reader may see."""
        return Q(dealer=self.dealer.pk) if self.dealer is not None else Q(dealer__in=self.dealers)

    def once[T](self, name: str, find: Callable[[], T]) -> T:
        """What several functions of one page need, found by the first of them."""
        if name not in self._known:
            self._known[name] = find()
        found: T = self._known[name]
        return found

    def rows[R](self, ask: Ask[R]) -> Sequence[R]:
        """What `ask` finds. Whoever of a page wants something first has all that the page asks for read by one
        statement."""
        if ask not in self._read:
            wanted = {one: one(self) for one in dict.fromkeys((*_asks(self), ask)) if one not in self._read}
            together.read(wanted.values())
            self._read.update(wanted)
        return list(self._read[ask])

    def may(self, permission: str) -> bool:
        return not permission or self.user.has_perm(permission)


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do: what, why in one sentence, until when, and the button."""

    icon: str
    title: Text
    why: Text = ""
    url: str = ""
    due: date | None = None
    action: Text = ""
    section: Section = Section.RISK
    dealer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card; the template decides which parts it shows."""

    title: Text
    why: Text = ""
    url: str = ""
    value: Any = ""
    due: date | None = None
    at: Any = None


@dataclass(frozen=True, slots=True)
class Card:
    """A block in the rail. `template` is one of `dealers/cards/`: plain, people, facts, tags, notes."""

    title: Text
    lines: Sequence[Line]
    template: str = "plain"
    count: int | None = None
    more: Text = ""
    more_url: str = ""
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure of the strip; names as in `components/figure.html`."""

    label: Text
    value: str
    unit: Text = ""
    url: str = ""
    state: str = ""
    context_line: Text = ""
    reason: Text = ""
    grade: str = ""
    delta: Any = None
    delta_note: Text = ""
    verdict: str = ""
    digits: int = 1
    spark: Sequence[Any] = field(default=())
    spark_label: Text = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """What stands above the figures because it is worth the most: how little is missing to what, drawn as a way."""

    title: Text
    why: Text
    track: Track
    track_label: Text
    working: Text = ""
    url: str = ""  # of what `working` rests on


@dataclass(frozen=True, slots=True)
class _Entry[F: Callable[..., Any]]:
    make: F
    order: int
    places: tuple[Place, ...]
    permission: str
    asks: tuple[Ask[Any], ...] = ()


type WorkMaker = Callable[[Reader], Iterable[Work]]
type CardMaker = Callable[[Reader], Card | None]
type FigureMaker = Callable[[Reader], Iterable[Figure]]
type LeadMaker = Callable[[Reader], Lead | None]

_works: list[_Entry[WorkMaker]] = []
_cards: list[_Entry[CardMaker]] = []
_figures: list[_Entry[FigureMaker]] = []
_leads: list[_Entry[LeadMaker]] = []
EVERYWHERE = (Place.FILE, Place.DAY, Place.HOME)
MOST_FIGURES = 5


def work(
    *, order: int = 50, places: tuple[Place, ...] = EVERYWHERE, permission: str = "", asks: tuple[Ask[Any], ...] = ()
) -> Callable[[WorkMaker], WorkMaker]:
    """Register a function that finds work, soonest first."""
    return _registrar(_works, order, places, permission, asks)


def card(
    *, order: int = 50, places: tuple[Place, ...], permission: str = "", asks: tuple[Ask[Any], ...] = ()
) -> Callable[[CardMaker], CardMaker]:
    return _registrar(_cards, order, places, permission, asks)


def figures(
    *,
    order: int = 50,
    places: tuple[Place, ...] = (Place.FILE, Place.HOME, Place.MEETING),
    permission: str = "",
    asks: tuple[Ask[Any], ...] = (),
) -> Callable[[FigureMaker], FigureMaker]:
    return _registrar(_figures, order, places, permission, asks)


def lead(
    *, order: int = 50, places: tuple[Place, ...] = (Place.HOME,), permission: str = "", asks: tuple[Ask[Any], ...] = ()
) -> Callable[[LeadMaker], LeadMaker]:
    return _registrar(_leads, order, places, permission, asks)


def _registrar[F: Callable[..., Any]](
    entries: list[_Entry[F]], order: int, places: tuple[Place, ...], permission: str, asks: tuple[Ask[Any], ...]
) -> Callable[[F], F]:
    def register(make: F) -> F:
        entries.append(_Entry(make, order, places, permission, asks))
        entries.sort(key=lambda entry: entry.order)
        return make

    return register


def discover() -> None:
    from dealers import cards, file_tabs  # noqa: F401  # this room's own share: the module of the name is the interface

    autodiscover_modules("briefing")


@dataclass(frozen=True, slots=True)
class Found:
    """Work rows; `is_cut` says that there are more than are shown."""

    rows: tuple[Work, ...]
    is_cut: bool = False


def find_work(reader: Reader) -> Found:
    """What every room finds, each cut after `reader.most` rows, soonest first."""
    rows: list[Work] = []
    is_cut = False
    for entry in _open(_works, reader):
        some = list(islice(entry.make(reader), reader.cut))
        is_cut = is_cut or len(some) > reader.most
        rows += some[: reader.most]
    rows.sort(key=lambda row: row.due or date.max)
    return Found(tuple(rows), is_cut)


def find_cards(reader: Reader) -> list[Card]:
    return [found for entry in _open(_cards, reader) if (found := entry.make(reader)) is not None]


def find_figures(reader: Reader) -> list[Figure]:
    """The first of them by their order: a strip of more is read by nobody. A briefing is a list and shows all."""
    found = (figure for entry in _open(_figures, reader) for figure in entry.make(reader))
    return list(islice(found, None if reader.place is Place.MEETING else MOST_FIGURES))


def find_lead(reader: Reader) -> Lead | None:
    """The first that has something to say."""
    return next((found for entry in _open(_leads, reader) if (found := entry.make(reader)) is not None), None)


def _asks(reader: Reader) -> list[Ask[Any]]:
    """What the page of this reader asks for, in all its parts."""
    parts: tuple[list[Any], ...] = (_works, _figures, _cards, _leads)
    return [ask for entries in parts for entry in _open(entries, reader) for ask in entry.asks]


def _open[F: Callable[..., Any]](entries: list[_Entry[F]], reader: Reader) -> Iterable[_Entry[F]]:
    return (entry for entry in entries if reader.place in entry.places and reader.may(entry.permission))
