"""Trying rules out: the last assessed period, judged once more by a version that is not in use. Nothing is stored
but what the job's page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import access, jobs
from core.database.context import acting
from core.database.roles import Role
from core.errors import NotYours, Refused
from core.models import Job
from core.periods import Period
from dealers.models import User
from dealers.rights import require_whole_network
from performance import assessing
from performance.assessing import CARDS, Run, Tell
from performance.models import Assessment, Scorecard, ScorecardTemplate
from performance.scales import Rules
from performance.services.templates import APPROVE, CHANGE

TRY = "performance.try"  # kind of job, see `performance.jobs`
NAMED = 200  # dealers named one by one; the sums count all


@dataclass(frozen=True, slots=True)
class Moved:
    """A dealer whose grade is another one: before and on trial. No score is None, no grade empty."""

    dealer_id: int
    scores: tuple[Decimal | None, Decimal | None]
    grades: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rules on trial would have given. `moved` names those whose grade changes, the farthest first."""

    period: Period
    dealers: int
    before: dict[str, int]
    after: dict[str, int]
    means: tuple[Decimal | None, Decimal | None]
    moved_count: int
    moved: Sequence[Moved]


@transaction.atomic
def ask(template: ScorecardTemplate, *, by: User) -> Job:
    """Ask for a trial of a draft or a proposal on the last assessed period; a job does it."""
    _refuse_who_may_not(by)
    last = _last_edition(template)
    if last is None:
        raise Refused(_("Nothing was assessed by these rules yet, so there is nothing to try them on."))
    return jobs.enqueue(TRY, payload={"template": template.pk, "assessment": last.pk}, by=by)


def _refuse_who_may_not(by: User) -> None:
    """Whoever drafts and whoever decides; the scores of all dealers are behind it."""
    if not (by.has_perm(CHANGE) or by.has_perm(APPROVE)):
        raise NotYours(_("Your role does not allow this. Ask an administrator if it should."))
    require_whole_network(by)


def _last_edition(template: ScorecardTemplate) -> Assessment | None:
    """The last edition of the last period with cards by a version of the same rules."""
    cards = access.rows_of(Scorecard).filter(template__code=template.code, is_latest=True)
    latest = cards.order_by("-starts_on").values_list("period", flat=True).first()
    return access.rows_of(Assessment).filter(period=latest).order_by("-edition").first() if latest else None


@transaction.atomic
def run(template: ScorecardTemplate, assessment: Assessment, *, by: User, tell: Tell) -> Trial:
    """Judge the dealers of a period by this version, from the postings that its last edition counted."""
    _refuse_who_may_not(by)
    with acting(Role.JOBS, user_id=by.pk):
        assessing.compute(Run(assessment.span, assessment.cut_off, trial_of=template), tell)
        return _told(assessment.span)


_BESIDE = f"""
    from {CARDS} c
    join performance_scorecard s on s.dealer_id = c.dealer_id and s.period = %(period)s and s.is_latest
"""


def _told(period: Period) -> Trial:
    values = {"period": period.key, "limit": NAMED}
    moved = _rows(
        f"select c.dealer_id, s.score, c.score, s.grade, c.grade, count(*) over () {_BESIDE} "
        "where s.grade is distinct from c.grade "
        "order by abs(c.score - s.score) desc nulls first, c.dealer_id limit %(limit)s",
        values,
    )
    [(dealers, mean, trial_mean)] = _rows(f"select count(*), avg(s.score), avg(c.score) {_BESIDE}", values)
    return Trial(
        period,
        dealers,
        _distribution("s", values),
        _distribution("c", values),
        (mean, trial_mean),
        moved[0][5] if moved else 0,
        [Moved(row[0], (row[1], row[2]), (row[3], row[4])) for row in moved],
    )


def _distribution(side: str, values: dict[str, Any]) -> dict[str, int]:
    """How many have which grade; without a score under the empty letter."""
    return dict(_rows(f"select {side}.grade, count(*) {_BESIDE} group by 1 order by 1", values))


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


# ---- what the job keeps ------------------------------------------------------------------------
def kept(template: ScorecardTemplate, trial: Trial) -> dict[str, Any]:
    """A trial as it lies in the job's result, with the digest of the rules that were tried."""
    return {
        "template": template.public_id,
        "digest": Rules.of(template).digest,
        "period": trial.period.key,
        "dealers": trial.dealers,
        "before": trial.before,
        "after": trial.after,
        "means": [_text(one) for one in trial.means],
        "moved_count": trial.moved_count,
        "moved": [[one.dealer_id, *map(_text, one.scores), *one.grades] for one in trial.moved],
    }


def read(result: dict[str, Any]) -> Trial:
    """The trial that `kept` wrote."""
    return Trial(
        Period.parse(result["period"]),
        result["dealers"],
        result["before"],
        result["after"],
        (_figure(result["means"][0]), _figure(result["means"][1])),
        result["moved_count"],
        [Moved(pk, (_figure(old), _figure(new)), (was, now)) for pk, old, new, was, now in result["moved"]],
    )


def _text(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _figure(text: str) -> Decimal | None:
    return Decimal(text) if text else None
