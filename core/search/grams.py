"""Infix search in every script, on an index that core PostgreSQL has.

A table keeps its letters and pairs of neighbouring letters in a generated array with a GIN index: a word is found
where all its pairs are, then compared once more, because pairs may stand far apart. `core_grams` in the database
takes the text apart; a condition on the array stays on the index under row-level security where the policy is `true`.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Concat, Lower, StrIndex
from django.db.models.lookups import GreaterThan

COLUMN = "grams"
MOST_WORDS = 8
LONGEST_WORD = 60


def grams_of(*fields: str) -> "models.GeneratedField":
    """The column for `grams`, made of the named text fields; needs a GinIndex beside it."""
    parts: list[Any] = []
    for name in fields:
        parts += [Value(" "), F(name)]
    text = Concat(*parts[1:], output_field=models.TextField()) if len(fields) > 1 else F(fields[0])
    return models.GeneratedField(
        expression=Func(Lower(text), function="core_grams"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )


def words_of(query: str) -> list[str]:
    """The words of what somebody typed; all of them must be found."""
    words = query.replace("\x00", " ").lower().split()
    return [word[:LONGEST_WORD] for word in words[:MOST_WORDS]]


def pairs_of(word: str) -> list[str]:
    """What the index is asked for: the pairs of a word, or its only letter."""
    return sorted({word[i : i + 2] for i in range(len(word) - 1)}) or [word]


def matching[M: models.Model](queryset: "models.QuerySet[M]", query: str) -> "models.QuerySet[M]":
    """The rows in whose text every word of the query occurs, wherever in a word it stands."""
    words = words_of(query)
    if not words:
        return queryset
    pairs = sorted({pair for word in words for pair in pairs_of(word)})
    found = queryset.filter(**{f"{COLUMN}__contains": pairs})
    for word in words:
        if len(word) > 2:  # shorter words are in the array as they are
            found = found.filter(GreaterThan(StrIndex(text_of(queryset.model), Value(word)), 0))
    return found


def text_of(model: type[models.Model]) -> Any:
    """The text that the model's grams were made of, in small letters."""
    column: Any = model._meta.get_field(COLUMN)
    return column.expression.get_source_expressions()[0]
