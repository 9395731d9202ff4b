"""Assessing a period and publishing what came out. What was published is closed; a correction is the next edition."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access, jobs, reasons
from core.database.context import acting
from core.database.locks import hold
from core.database.roles import Role
from core.errors import Refused
from core.models import Job
from core.periods import Period
from dealers import events
from dealers.models import User
from dealers.rights import require, require_whole_network
from ledger.services.cut_off import take_cut_off
from performance import assessing
from performance.assessing import CARDS, RESULTS, Run, Tell
from performance.models import Assessment, Scorecard
from performance.services.templates import rules_of

State = Assessment.State
ASSESS = "performance.assess"  # kind of job, see `performance.jobs`
NEW_PUBLIC_ID = "substr(replace(gen_random_uuid()::text, '-', ''), 17, 16)"


def to_nobody(_done: int, _total: int, _stage: str) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an assessment came to. `assessment` is None where nothing has changed since the last edition."""

    assessment: Assessment | None
    dealers: int
    scored: int
    changed: int
    seconds: Decimal
    grades: dict[str, int] = field(default_factory=dict)
    coverage: Decimal | None = None  # mean share of the weight with data


@transaction.atomic
def ask(period: Period, *, by: User, reason: str = "") -> Job:
    """Ask for the assessment of a period that is over; a job does it as the person who asked."""
    _refuse_untimely(period, by)
    return jobs.enqueue(ASSESS, payload={"period": period.key, "reason": reason}, by=by)


def _refuse_untimely(period: Period, by: User) -> None:
    require(by, "performance.run_assessment")
    require_whole_network(by)
    if period.end >= timezone.localdate():
        raise Refused(_("%(period)s is not over yet.") % {"period": period})


@transaction.atomic
def assess(period: Period, *, by: User, reason: str = "", tell: Tell = to_nobody) -> Summary:
    """Compute the cards of all dealers for a period that is over.

    An edition that is not published yet is computed anew. After publication only what has changed makes the next
    edition, which needs a reason; where nothing has, there is none.
    """
    _refuse_untimely(period, by)
    started = time.monotonic()
    hold(rules_of(period.length), shared=True)  # no other rules come into use meanwhile
    hold(f"assessment {period.key}")
    with acting(Role.JOBS, user_id=by.pk):
        cut_off = take_cut_off()
        dealers = assessing.compute(Run(period, cut_off), tell)
        if not dealers:
            raise Refused(
                _("Nobody can be assessed for %(period)s: no contract was in force, or no template is in use.")
                % {"period": period}
            )
        summary = _store(period, cut_off, by=by, reason=reason, started=started, dealers=dealers)
    if summary.assessment is not None:
        events.record("assessment.computed", summary.assessment, by=by, reason=reason, data={"dealers": dealers})
    return summary


def _store(period: Period, cut_off: datetime, *, by: User, reason: str, started: float, dealers: int) -> Summary:
    last = access.rows_of(Assessment).filter(period=period.key).order_by("-edition").first()
    if last is not None and last.state == State.COMPUTED:
        assessment = _computed_anew(last, cut_off, by, reason)
    else:
        if last is not None and not _changed(period):
            return _summary(None, dealers, 0, started)
        if last is not None:
            reason = reasons.sentence(reason)
        assessment = _begun(period, cut_off, last.edition + 1 if last else 1, by, reason)
    changed = _write_cards(assessment)
    summary = _summary(assessment, dealers, changed, started)
    assessment.fingerprint, assessment.seconds = assessing.fingerprint(), summary.seconds
    assessment.save(update_fields=["fingerprint", "seconds"])
    return summary


def _begun(period: Period, cut_off: datetime, edition: int, by: User, reason: str) -> Assessment:
    return Assessment.objects.create(
        period=period.key, length=period.length.value, starts_on=period.start, ends_on=period.end, edition=edition,
        cut_off=cut_off, computed_at=timezone.now(), computed_by_id=by.pk, reason=reason,
    )  # fmt: skip


def _computed_anew(assessment: Assessment, cut_off: datetime, by: User, reason: str) -> Assessment:
    """An edition that nobody outside has seen: its cards make room for the new ones."""
    run(
        "delete from performance_scorecardline l using performance_scorecard s "
        "where s.id = l.scorecard_id and s.assessment_id = %s",
        [assessment.pk],
    )
    run("delete from performance_scorecard where assessment_id = %s", [assessment.pk])
    run(
        "update performance_scorecard s set is_latest = true where s.period = %s and s.edition = "
        "(select max(o.edition) from performance_scorecard o where o.dealer_id = s.dealer_id and o.period = s.period)",
        [assessment.period],
    )
    assessment.cut_off, assessment.computed_at, assessment.computed_by_id = cut_off, timezone.now(), by.pk
    assessment.reason = reason or assessment.reason
    assessment.save(update_fields=["cut_off", "computed_at", "computed_by", "reason"])
    return assessment


# A card is the same when its lines are: by the same digest that the fingerprint is made of.
_STORED_DIGEST = """
    select s.dealer_id, s.id, s.score, s.grade,
           md5(string_agg(concat_ws('|', l.measure, l.weight, l.value, l.missing, l.inputs, l.score, l.points),
                          E'\\n' order by l.position)) as digest
    from performance_scorecard s join performance_scorecardline l on l.scorecard_id = s.id
    where s.period = %(period)s and s.is_latest and s.published_at is not null
    group by s.dealer_id, s.id
"""
_DIFFERS = f"""
    select c.dealer_id from {CARDS} c left join ({_STORED_DIGEST}) o on o.dealer_id = c.dealer_id
    where o.id is null or (c.digest, c.score, c.grade) is distinct from (o.digest, o.score, o.grade)
"""


def _changed(period: Period) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"select exists ({_DIFFERS})", {"period": period.key})
        return bool(cursor.fetchone()[0])


def _write_cards(assessment: Assessment) -> int:
    """Store the cards that are new or differ from the published ones; how many these are."""
    values = {
        "assessment": assessment.pk, "period": assessment.period, "length": assessment.length,
        "starts_on": assessment.starts_on, "ends_on": assessment.ends_on, "edition": assessment.edition,
        "cut_off": assessment.cut_off,
    }  # fmt: skip
    run("drop table if exists performance_differing")
    run(f"create temporary table performance_differing on commit drop as {_DIFFERS}", values)
    run(
        "update performance_scorecard set is_latest = false where period = %(period)s and is_latest "
        "and dealer_id in (select dealer_id from performance_differing)",
        values,
    )
    changed = run(
        f"""
        insert into performance_scorecard (
            public_id, dealer_id, assessment_id, contract_id, template_id, period, length, starts_on, ends_on, edition,
            is_latest, cut_off, currency, weight, weight_with_data, points, score, grade, missing, peers, peer_median,
            status)
        select {NEW_PUBLIC_ID}, c.dealer_id, %(assessment)s, c.contract_id, c.template_id, %(period)s, %(length)s,
               %(starts_on)s, %(ends_on)s, %(edition)s, true, %(cut_off)s, c.currency, c.weight, c.weight_with_data,
               c.points, c.score, c.grade, c.missing, c.peers, c.peer_median, 'computed'
        from {CARDS} c join performance_differing d on d.dealer_id = c.dealer_id
        order by c.dealer_id
        """,
        values,
    )
    run(
        f"""
        insert into performance_scorecardline (
            dealer_id, scorecard_id, position, measure, weight, zero_at, full_at, full_until, zero_again_at, floor,
            value, score, points, missing, inputs)
        select r.dealer_id, s.id, r.position, r.measure, r.weight, r.zero_at, r.full_at, r.full_until, r.zero_again_at,
               r.floor, r.value, r.score, r.points, r.missing, r.inputs
        from {RESULTS} r join performance_scorecard s on s.dealer_id = r.dealer_id and s.assessment_id = %(assessment)s
        order by r.dealer_id, r.position
        """,
        values,
    )
    return changed


def _summary(assessment: Assessment | None, dealers: int, changed: int, started: float) -> Summary:
    with connection.cursor() as cursor:
        cursor.execute(f"select grade, count(*) from {CARDS} where score is not null group by 1 order by 1")
        grades = {letter or "-": int(number) for letter, number in cursor.fetchall()}
        cursor.execute(f"select round(avg(weight_with_data / weight), 4) from {CARDS}")
        coverage = cursor.fetchone()[0]
    seconds = Decimal(f"{time.monotonic() - started:.3f}")
    return Summary(assessment, dealers, sum(grades.values()), changed, seconds, grades, coverage)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What computing an edition again at its own cut-off gives. `differing` names the dealers by their number."""

    same: bool
    fingerprint: str
    differing: int


@transaction.atomic
def run_again(assessment: Assessment, *, by: User, tell: Tell = to_nobody) -> Comparison:
    """Compute an edition again as of its cut-off and compare; nothing is written."""
    require(by, "performance.view_assessment")
    with acting(Role.JOBS, user_id=by.pk):
        assessing.compute(Run(assessment.span, assessment.cut_off, of_edition=assessment), tell)
        with connection.cursor() as cursor:
            cursor.execute(
                f"select count(*) from {CARDS} c join ({_STORED_OF_EDITION}) o on o.dealer_id = c.dealer_id "
                "where (c.digest, c.score, c.grade) is distinct from (o.digest, o.score, o.grade)",
                {"edition": assessment.pk},
            )
            differing = int(cursor.fetchone()[0])
        fingerprint = assessing.fingerprint()
    return Comparison(not differing, fingerprint, differing)


_STORED_OF_EDITION = _STORED_DIGEST.replace(
    "s.period = %(period)s and s.is_latest and s.published_at is not null", "s.assessment_id = %(edition)s"
)


@transaction.atomic
def publish(assessment: Assessment, *, by: User) -> Assessment:
    """Show each dealer his card. From now on the numbers stand; executives are told."""
    require(by, "performance.publish_assessment")
    require_whole_network(by)
    hold(f"assessment {assessment.period}")
    assessment = access.lock(assessment)
    if assessment.state == State.PUBLISHED:
        raise Refused(_("%(assessment)s is published already.") % {"assessment": assessment})
    now = timezone.now()
    assessment.state, assessment.published_at, assessment.published_by_id = State.PUBLISHED, now, by.pk
    assessment.save(update_fields=["state", "published_at", "published_by"])
    with acting(Role.JOBS, user_id=by.pk):
        cards = access.rows_of(Scorecard).filter(assessment=assessment)
        cards.update(status=Scorecard.Status.PUBLISHED, published_at=now)
        told = list(cards.select_related("dealer").order_by("dealer_id"))
        events.record_for_dealers("scorecard.published", told, by=by, data=lambda card: {"period": card.period})
    events.record("assessment.published", assessment, by=by, data={"dealers": len(told)})
    return assessment


def run(statement: str, params: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)
