"""Versions of the rules as a reader meets them: where one stands, and what it changes against the one before."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core import formatting
from performance.models import ScorecardTemplate
from performance.models.template import DECIDED
from performance.rules import Rule

Status = ScorecardTemplate.Status


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a version stands on a day, for a chip."""

    label: str
    state: str


def standing(template: ScorecardTemplate, *, on: date) -> Standing:
    """A version that is replaced later is in use until then, and one that begins later is not yet."""
    starts, ended = template.starts, template.ended
    if template.status in DECIDED and template.is_in_force(on=on):
        if template.is_ending:
            return Standing(_("End proposed"), "now")
        if ended is None:
            return Standing(_("In use"), "good")
        return Standing(_("In use until %(period)s") % {"period": ended.previous.short}, "good")
    if template.status == Status.IN_USE and starts is not None:
        return Standing(_("In use from %(period)s") % {"period": starts.short}, "calm")
    return Standing(template.get_status_display(), "now" if template.status == Status.PROPOSED else "")


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of a version beside the same line of the version before. `was_` is empty where nothing changed."""

    title: str
    weight: str
    scale: str
    was_weight: str = ""
    was_scale: str = ""
    change: str = ""  # "new" or "gone"
    summary: str = ""


def measures_beside(template: ScorecardTemplate, before: ScorecardTemplate | None) -> list[Compared]:
    """The measures of a version, then those that it leaves out."""
    now = [Rule(row) for row in template.measures.all()]
    earlier = {row.measure: Rule(row) for row in before.measures.all()} if before else {}
    rows = [_compared(rule, earlier.get(rule.of.measure), has_before=before is not None) for rule in now]
    kept = {rule.of.measure for rule in now}
    gone = [rule for code, rule in earlier.items() if code not in kept]
    return rows + [_line(rule, change="gone") for rule in gone]


def _compared(rule: Rule, old: Rule | None, *, has_before: bool) -> Compared:
    if old is None:
        return _line(rule, change="new" if has_before else "")
    was_weight, was_scale = _weight(old), old.scale
    return _line(
        rule,
        was_weight=was_weight if was_weight != _weight(rule) else "",
        was_scale=was_scale if was_scale != rule.scale else "",
    )


def _line(rule: Rule, **compared: str) -> Compared:
    summary = str(rule.measure.summary) if rule.measure else ""
    return Compared(rule.title, _weight(rule), rule.scale, summary=summary, **compared)


def _weight(rule: Rule) -> str:
    """As it was typed: 10, or 12.5."""
    weight = rule.of.weight.normalize()
    return formatting.number(weight, max(-int(weight.as_tuple().exponent), 0))


@dataclass(frozen=True, slots=True)
class GradeBeside:
    letter: str
    begins: str
    was: str = ""
    change: str = ""  # "new" or "gone"


def grades_beside(template: ScorecardTemplate, before: ScorecardTemplate | None) -> list[GradeBeside]:
    now = {one.letter: formatting.number(one.from_score, 1) for one in template.grades.all()}
    earlier = {one.letter: formatting.number(one.from_score, 1) for one in before.grades.all()} if before else {}
    rows = []
    for letter, begins in now.items():
        was = earlier.get(letter, "")
        is_new = before is not None and not was
        rows.append(GradeBeside(letter, begins, was if was != begins else "", "new" if is_new else ""))
    return rows + [GradeBeside(one, begins, change="gone") for one, begins in earlier.items() if one not in now]


def coverage_before(template: ScorecardTemplate, before: ScorecardTemplate | None) -> str:
    """The least coverage of the version before, where it was another."""
    if before is None or before.minimum_coverage == template.minimum_coverage:
        return ""
    return formatting.percent(before.minimum_coverage, 0)
