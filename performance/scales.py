"""The rules of one version as somebody writes them down: measures with their scales, grades, and what is wrong."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from django.utils.translation import gettext as _

from core import formatting
from performance import measures
from performance.measures import Measure
from performance.models import ScorecardTemplate, TemplateMeasure
from performance.rules import Rule
from performance.scoring import HUNDRED, ZERO

MARKS = ("zero_at", "full_at", "full_until", "zero_again_at", "floor")


@dataclass(frozen=True, slots=True)
class Weighed:
    """One measure of a version: its weight, and from which value on it earns points. See `TemplateMeasure`."""

    measure: str
    weight: Decimal
    zero_at: Decimal
    full_at: Decimal
    full_until: Decimal | None = None
    zero_again_at: Decimal | None = None
    floor: Decimal | None = None

    @classmethod
    def of(cls, row: TemplateMeasure) -> Self:
        return cls(row.measure, row.weight, *(getattr(row, name) for name in MARKS))

    @property
    def rule(self) -> Rule:
        return Rule(self.row())

    def row(self) -> TemplateMeasure:
        """The same as a row that belongs to no template yet."""
        return TemplateMeasure(measure=self.measure, weight=self.weight, **{one: getattr(self, one) for one in MARKS})


@dataclass(frozen=True, slots=True)
class Letter:
    """A grade, from the score at which it begins."""

    letter: str
    from_score: Decimal


@dataclass(frozen=True, slots=True)
class Rules:
    """All that a version says about judging."""

    measures: tuple[Weighed, ...]
    grades: tuple[Letter, ...]
    coverage: Decimal
    tiers: tuple[str, ...] = ()

    @classmethod
    def of(cls, template: ScorecardTemplate) -> Self:
        return cls(
            tuple(Weighed.of(row) for row in template.measures.all()),
            tuple(Letter(grade.letter, grade.from_score) for grade in template.grades.all()),
            template.minimum_coverage,
            tuple(template.tiers),
        )

    @property
    def digest(self) -> str:
        """The same rules have the same digest: what a page showed is compared by it with what stands there."""
        said = [[one.measure, one.weight, *(getattr(one, mark) for mark in MARKS)] for one in self.measures]
        said += [[one.letter, one.from_score] for one in self.grades] + [[self.coverage, *sorted(self.tiers)]]
        text = "\n".join("|".join(_plain(value) for value in row) for row in said)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def weight(self) -> Decimal:
        return sum((one.weight for one in self.measures), ZERO)


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value or "")


# ---- what is wrong -----------------------------------------------------------------------------
def allowed() -> list[Measure]:
    """The measures that a card may show to its dealer."""
    return [one for one in measures.all_measures() if not one.is_internal]


def faults_of(one: Weighed) -> Iterator[tuple[str, str]]:
    """What is wrong with a measure, each with the field it is about and a sentence that names measure and value."""
    rule = one.rule
    words = {name: rule.worded(value) for name in MARKS if (value := getattr(one, name)) is not None}
    words["measure"] = rule.title
    if rule.measure is None or rule.measure.is_internal:
        yield "weight", _("%(measure)s cannot stand in a scorecard.") % words
    if not ZERO < one.weight <= HUNDRED:
        words["weight"] = formatting.number(one.weight)
        yield (
            "weight",
            _("%(measure)s: a weight of %(weight)s is not possible. It lies above 0 and at most at 100.") % words,
        )
    yield from _faults_of_slope(one, words)


def _faults_of_slope(one: Weighed, words: dict[str, str]) -> Iterator[tuple[str, str]]:
    low, high = sorted((one.zero_at, one.full_at))
    if low == high:
        yield "full_at", _("%(measure)s: no points and full points cannot both begin at %(full_at)s.") % words
    elif one.floor is not None and not low <= one.floor <= high:
        text = _("%(measure)s: “no points short of %(floor)s” does not lie between %(zero_at)s and %(full_at)s.")
        yield "floor", text % words
    if (one.full_until is None) != (one.zero_again_at is None):
        name = "full_until" if one.full_until is None else "zero_again_at"
        yield name, _("%(measure)s: a range needs both, full points until and no points again at.") % words
    elif one.full_until is not None and one.zero_again_at is not None:
        yield from _faults_of_range(one, one.full_until, one.zero_again_at, words)


def _faults_of_range(one: Weighed, until: Decimal, again: Decimal, words: dict[str, str]) -> Iterator[tuple[str, str]]:
    if one.zero_at > one.full_at:
        text = _("%(measure)s: where less is better, from %(zero_at)s down to %(full_at)s, there is no range.")
        yield "full_until", text % words
    elif until < one.full_at:
        text = _("%(measure)s: full points until %(full_until)s is less than full points from %(full_at)s.")
        yield "full_until", text % words
    elif again <= until:
        text = _("%(measure)s: no points again at %(zero_again_at)s has to lie above %(full_until)s.")
        yield "zero_again_at", text % words


def fault_of_grades(grades: Sequence[Letter]) -> str:
    """Empty where every score has one grade."""
    letters, scores = [one.letter for one in grades], [one.from_score for one in grades]
    for value in letters:
        if letters.count(value) > 1:
            return _("Grade %(grade)s is there twice.") % {"grade": value}
    for score in scores:
        if scores.count(score) > 1:
            return _("Two grades begin at %(score)s.") % {"score": formatting.number(score, 1)}
        if not ZERO <= score <= HUNDRED:
            return _("A grade cannot begin at %(score)s: scores run from 0 to 100.") % {
                "score": formatting.number(score, 1)}  # fmt: skip
    if not scores or min(scores) != ZERO:
        return _("The lowest grade has to begin at 0, so that every score has a grade.")
    return ""
