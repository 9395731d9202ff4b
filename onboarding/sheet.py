"""The screening sheet as people read it: criteria down, candidates across, totals and a profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import QuerySet

from dealers.models import User
from onboarding.models import Application, ApplicationBrand, Criterion, Finding, Mark
from onboarding.screening import Total, total

BESIDE = 3  # candidates that a page can hold side by side
PIPS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Cell:
    """One candidate on one criterion."""

    mark: Mark | None
    application: Application | None = None

    @property
    def score(self) -> int | None:
        return self.mark.score if self.mark else None

    @property
    def pips(self) -> list[bool]:
        return [number <= (self.score or 0) for number in PIPS]


@dataclass(frozen=True, slots=True)
class Row:
    criterion: Criterion
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Candidate:
    application: Application
    total: Total
    passed: int
    failed: Sequence[Mark]
    rivals: int
    complements: int
    differences: Sequence[Finding]
    findings: int


@dataclass(frozen=True, slots=True)
class Sheet:
    candidates: Sequence[Candidate]
    knock_outs: int
    rows: Sequence[Row]

    def profile(self) -> dict[str, Any]:
        """The radar's data: those who are marked on everything. `k` keeps a candidate's colour and sign."""
        return {
            "axes": [str(row.criterion) for row in self.rows],
            "series": [
                {"name": str(one.application), "k": place, "v": [row.cells[place].score for row in self.rows]}
                for place, one in enumerate(self.candidates)
                if not one.total.is_provisional
            ],
        }

    def has_profile(self) -> bool:
        return any(not one.total.is_provisional for one in self.candidates)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some candidates of an opening. Whoever shows more on his page reads `lists` along with it."""

    applications: Sequence[Application]
    criteria: QuerySet[Criterion]
    given: QuerySet[Mark]
    findings: QuerySet[Finding]
    brands: QuerySet[ApplicationBrand]

    @classmethod
    def of(cls, applications: Sequence[Application], user: User, *, opening: int) -> Self:
        return cls(
            applications,
            Criterion.objects.visible_to(user).filter(opening=opening),
            Mark.objects.visible_to(user).filter(application__in=applications).select_related(
                "criterion", "by", "waived_by"
            ),
            Finding.objects.visible_to(user).filter(application__in=applications),
            ApplicationBrand.objects.visible_to(user).filter(application__in=applications),
        )  # fmt: skip

    @property
    def lists(self) -> "tuple[QuerySet[Any], ...]":
        return self.criteria, self.given, self.findings, self.brands

    def sheet(self) -> Sheet:
        """The candidates beside each other."""
        if not self.applications:
            return Sheet((), 0, ())
        marks = {(one.application_id, one.criterion_id): one for one in self.given}
        scored = [one for one in self.criteria if not one.is_knock_out]
        rows = [Row(each, [Cell(marks.get((one.pk, each.pk)), one) for one in self.applications]) for each in scored]
        candidates = [self._candidate(one, marks) for one in self.applications]
        return Sheet(candidates, len(self.criteria) - len(scored), rows)

    def _candidate(self, application: Application, marks: Mapping[tuple[int, int], Mark]) -> Candidate:
        given = [(one, marks.get((application.pk, one.pk))) for one in self.criteria]
        verdicts = [mark for one, mark in given if one.is_knock_out and mark]
        mine = [one for one in self.findings if one.application_id == application.pk]
        relations = [one.relation for one in self.brands if one.application_id == application.pk]
        return Candidate(
            application,
            total((one.weight, mark.score if mark else None) for one, mark in given if not one.is_knock_out),
            passed=sum(bool(one.is_passed) for one in verdicts),
            failed=[one for one in verdicts if one.is_passed is False],
            rivals=relations.count(ApplicationBrand.Relation.RIVAL),
            complements=relations.count(ApplicationBrand.Relation.COMPLEMENT),
            differences=[one for one in mine if one.is_different],
            findings=len(mine),
        )
