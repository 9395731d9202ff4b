"""The screening sheet as people read it: criteria down, candidates across, totals and a profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
class _Known:
    """What is known of all candidates of an opening, read at once."""

    criteria: Sequence[Criterion]
    marks: Mapping[tuple[int, int], Mark]
    findings: Sequence[Finding]
    brands: Sequence[ApplicationBrand]

    def candidate(self, application: Application) -> Candidate:
        given = [(one, self.marks.get((application.pk, one.pk))) for one in self.criteria]
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


def sheet_of(applications: Sequence[Application], user: User) -> Sheet:
    """Candidates of one opening beside each other, by a handful of statements however many there are."""
    if not applications:
        return Sheet((), 0, ())
    found = Mark.objects.visible_to(user).filter(application__in=applications)
    known = _Known(
        list(Criterion.objects.visible_to(user).filter(opening=applications[0].opening_id)),
        {(one.application_id, one.criterion_id): one for one in found.select_related("criterion", "by", "waived_by")},
        list(Finding.objects.visible_to(user).filter(application__in=applications)),
        list(ApplicationBrand.objects.visible_to(user).filter(application__in=applications)),
    )
    scored = [one for one in known.criteria if not one.is_knock_out]
    rows = [Row(each, [Cell(known.marks.get((one.pk, each.pk)), one) for one in applications]) for each in scored]
    return Sheet([known.candidate(one) for one in applications], len(known.criteria) - len(scored), rows)
