"""What the search page finds: each room names its sources in `finds.py`, all are asked by one statement.

    offer(Source("contacts", _("Contacts"), "user", find=..., label=F("name"), under=F("dealer__name"), ...))

A source starts from `visible_to`; the page never sees a row that its list would not show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf, StrIndex
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import get_language

from core.doors import Audience
from core.listing.filters import SEARCH
from core.search.grams import matching, text_of, words_of

SHOWN = 6
_BEST = ("found_place", "found_label")
_WEIGHED = 500  # hits among which the best are looked for

type Text = str | Promise


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing. `label`, `under` and `key` are read in the database; the address is `url` with the key."""

    code: str
    title: Text
    icon: str
    visible: Callable[[Any], models.QuerySet[Any]]
    label: Callable[[], Combinable | str]
    under: Callable[[], Combinable | str]
    url: str
    key: str = "public_id"
    right: str = ""
    audience: Audience = Audience.PORTAL
    list_url: str = ""  # the list that shows all hits, for the same audience
    order: int = 50


@dataclass(frozen=True, slots=True)
class Hit:
    label: str
    under: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    source: Source
    hits: list[Hit]
    has_more: bool
    all_url: str


_sources: list[Source] = []


def offer(*sources: Source) -> None:
    _sources.extend(sources)


def discover() -> None:
    autodiscover_modules("finds")


def sources_for(user: Any) -> list[Source]:
    """What this person may look for at all."""
    audiences = user.audiences()
    mine = (source for source in _sources if source.audience in audiences)
    return sorted((one for one in mine if not one.right or user.has_perm(one.right)), key=lambda source: source.order)


def find(user: Any, query: str) -> list[Group]:
    """Everything visible that contains all the words, the best of each kind, by one statement."""
    sources = sources_for(user)
    if not words_of(query) or not sources:
        return []
    first, *others = (_asked(source, user, query) for source in sources)
    found = list(first.union(*others, all=True).order_by(*_BEST) if others else first)
    groups = (_group(source, [row for row in found if row[0] == source.code], query) for source in sources)
    return [group for group in groups if group.hits]


def local(name: str, other: str) -> Combinable:
    """The name in the reader's language, the other one where it is missing."""
    if not (get_language() or "").startswith("zh"):
        return F(name)
    return Coalesce(NullIf(F(other), Value("")), F(name), output_field=models.CharField())


def _asked(source: Source, user: Any, query: str) -> models.QuerySet[Any, tuple[Any, ...]]:
    """Code, label, second line and key of the best hits: what begins with the first word stands before the rest."""
    visible = source.visible(user)
    near = visible.filter(pk__in=matching(visible.order_by(), query).values("pk")[:_WEIGHED])
    best: models.QuerySet[Any, tuple[Any, ...]] = (
        near.annotate(
            found_code=Value(source.code, output_field=models.CharField()),
            found_label=_text(source.label()),
            found_under=_text(source.under()),
            found_key=_text(F(source.key)),
            found_place=StrIndex(text_of(visible.model), Value(words_of(query)[0])),
        )
        .order_by(*_BEST)
        .values_list("found_code", "found_label", "found_under", "found_key", "found_place")[: SHOWN + 1]
    )
    return best


def _text(value: Combinable | str) -> Combinable:
    return models.functions.Cast(value, models.TextField())


def _group(source: Source, rows: Sequence[tuple[Any, ...]], query: str) -> Group:
    hits = [Hit(label, under or "", reverse(source.url, args=[key])) for _, label, under, key, _ in rows[:SHOWN]]
    has_more = len(rows) > SHOWN
    all_url = f"{reverse(source.list_url)}?{urlencode({SEARCH: query})}" if has_more and source.list_url else ""
    return Group(source, hits, has_more, all_url)
