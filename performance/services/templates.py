"""Changing the rules of judging: a version is drafted, proposed, and put in use by somebody else from a period on.

Verbs of one set of rules wait for each other by its code; then comes the lock of the version.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access, reasons
from core.database.locks import hold
from core.errors import Refused, Stale
from core.periods import Length, Period
from dealers import deputies, events
from dealers.models import User
from dealers.rights import require, require_whole_network
from performance.defaults import GRADES
from performance.models import Assessment, ScorecardTemplate, TemplateGrade, TemplateMeasure
from performance.models.template import DECIDED
from performance.scales import Letter, Rules, fault_of_grades, faults_of
from performance.scoring import HUNDRED, ONE, ZERO

Status = ScorecardTemplate.Status
ADD, CHANGE = "performance.add_scorecardtemplate", "performance.change_scorecardtemplate"
APPROVE = "performance.approve_scorecardtemplate"


OPEN = (Status.DRAFT, Status.PROPOSED)


class OwnProposal(Refused):
    """Four eyes: whoever proposed a version does not put it in use."""


@dataclass(frozen=True, slots=True)
class NewSet:
    """What a set of rules is called, and whom it is for: dealers of these tiers (none: all), by periods of a length."""

    code: str
    name: str
    name_zh: str
    length: str
    tiers: tuple[str, ...]


@transaction.atomic
def new_set(wanted: NewSet, *, by: User) -> ScorecardTemplate:
    """Draft the first version of a set of rules. It begins with the grades that others have, and no measure."""
    require(by, ADD)
    made = ScorecardTemplate(
        code=wanted.code, name=wanted.name, name_zh=wanted.name_zh, length=wanted.length, tiers=list(wanted.tiers),
        made_by_id=by.pk,
    )  # fmt: skip
    _hold(made)
    if access.rows_of(ScorecardTemplate).filter(code=made.code).exists():
        raise Refused(_("There is a set of rules with the code %(code)s already.") % {"code": made.code})
    _refuse_rivals(made)
    made.save()
    grades = tuple(Letter(letter, Decimal(score)) for letter, score in GRADES)
    _write(made, Rules((), grades, made.minimum_coverage))
    _record("template.drafted", made, by)
    return made


def _refuse_rivals(template: ScorecardTemplate, *, first: Period | None = None) -> None:
    """A dealer is judged by one set of rules a period: that for his tier, or else the one for all. Rules that end only
    after `first` still judge in it.
    """
    lasting = Q(status=Status.IN_USE)
    if first is not None:
        never_began = Q(starts_on__isnull=False, starts_on__gte=F("ends_before"))
        lasting |= Q(status=Status.RETIRED, ends_before__gt=first.start) & ~never_began
    others = access.rows_of(ScorecardTemplate).filter(lasting, length=template.length)
    same = Q(tiers__overlap=template.tiers) if template.tiers else Q(tiers=[])
    rival = others.exclude(code=template.code).filter(same).first()
    if rival is not None:
        raise Refused(
            _("The same dealers are judged by “%(rules)s” already. Draft its next version instead.")
            % {"rules": rival.local_name}
        )


@transaction.atomic
def new_version(template: ScorecardTemplate, *, by: User) -> ScorecardTemplate:
    """Draft the next version as a copy of this one."""
    require(by, ADD)
    _hold(template)
    versions = list(access.rows_of(ScorecardTemplate).filter(code=template.code).order_by("-version"))
    for one in versions:
        if one.is_ending:
            raise Refused(_("The end of these rules is proposed. Decide on it first."))
        if one.status in {Status.DRAFT, Status.PROPOSED}:
            raise Refused(
                _("Version %(version)d is being worked on already. Finish or discard it first.")
                % {"version": one.version}
            )
    made = ScorecardTemplate(
        code=template.code, version=versions[0].version + 1, name=template.name, name_zh=template.name_zh,
        length=template.length, tiers=template.tiers, minimum_coverage=template.minimum_coverage, made_by_id=by.pk,
    )  # fmt: skip
    made.save()
    _write(made, Rules.of(template))
    _record("template.drafted", made, by)
    return made


@transaction.atomic
def change(template: ScorecardTemplate, rules: Rules, *, seen: str, by: User) -> ScorecardTemplate:
    """Set the measures and grades of a draft, and for dealers of which tiers it is.

    `seen` is the digest of what the person had before him; where it is no longer so, nothing is changed. The weights
    need not come to 100 before the draft is proposed.
    """
    require(by, CHANGE)
    template = _locked(template, Status.DRAFT)
    if Rules.of(template).digest != seen:
        raise Stale(_("Somebody else has changed this draft in the meantime. Look at it again before you change it."))
    for one in rules.measures:
        for _field, fault in faults_of(one):
            raise Refused(fault)
    if fault := fault_of_grades(rules.grades):
        raise Refused(fault)
    if not ZERO <= rules.coverage <= ONE:
        raise Refused(_("The least coverage lies between 0% and 100%."))
    template.minimum_coverage, template.tiers = rules.coverage, list(rules.tiers)
    _refuse_rivals(template)
    template.save(update_fields=["minimum_coverage", "tiers"])
    template.measures.all().delete()
    template.grades.all().delete()
    _write(template, rules)
    _record("template.changed", template, by)
    return template


def _write(template: ScorecardTemplate, rules: Rules) -> None:
    rows = [one.row() for one in rules.measures]
    for position, row in enumerate(rows, start=1):
        row.template, row.position = template, position
    TemplateMeasure.objects.bulk_create(rows)
    TemplateGrade.objects.bulk_create(
        TemplateGrade(template=template, letter=one.letter, from_score=one.from_score) for one in rules.grades
    )


@transaction.atomic
def propose(template: ScorecardTemplate, *, by: User, reason: str) -> ScorecardTemplate:
    """Give a draft to whoever decides, with the reason of the change. From now on its rules stand."""
    require(by, CHANGE)
    reason = reasons.sentence(reason)
    template = _locked(template, Status.DRAFT)
    if fault := fault_of_proposal(template):
        raise Refused(fault)
    template.status, template.reason = Status.PROPOSED, reason
    template.proposed_by_id, template.proposed_at = by.pk, timezone.now()
    template.save(update_fields=["status", "reason", "proposed_by", "proposed_at"])
    _record("template.proposed", template, by, reason=reason)
    return template


def fault_of_proposal(template: ScorecardTemplate) -> str:
    """Why these rules cannot be proposed; empty where they can."""
    rules = Rules.of(template)
    if rules.weight != HUNDRED:
        return _("The weights come to %(sum)s, not to 100.") % {"sum": f"{rules.weight.normalize():f}"}
    for one in rules.measures:
        for _field, fault in faults_of(one):
            return fault
    return fault_of_grades(rules.grades)


@transaction.atomic
def send_back(template: ScorecardTemplate, *, by: User, reason: str) -> ScorecardTemplate:
    """A proposal becomes a draft again, with what has to be thought over."""
    require(by, APPROVE)
    reason = reasons.sentence(reason)
    template = _locked(template, Status.PROPOSED)
    told = template.proposed_by
    template.status, template.proposed_by, template.proposed_at = Status.DRAFT, None, None
    template.save(update_fields=["status", "proposed_by", "proposed_at"])
    _record("template.sent_back", template, by, reason=reason, notify=[told] if told else ())
    return template


@transaction.atomic
def put_in_use(template: ScorecardTemplate, *, first: Period, by: User) -> ScorecardTemplate:
    """Judge by this version from a period on that was not assessed yet. Whoever proposed it cannot."""
    require(by, APPROVE)
    require_whole_network(by)
    _hold(template)
    hold(rules_of(first.length))  # nobody assesses meanwhile
    template = _locked(template, Status.PROPOSED)
    if template.proposed_by_id == by.pk:
        raise OwnProposal(_("Somebody else has to put in use what you proposed."))
    if first.length != template.length:
        raise Refused(_("%(period)s is not the length these rules are for.") % {"period": first})
    _refuse_assessed(first)
    _refuse_rivals(template, first=first)
    _end_before(template.code, first.start)
    template.status, template.starts_on = Status.IN_USE, first.start
    template.approved_by_id, template.approved_at = by.pk, timezone.now()
    template.save(update_fields=["status", "starts_on", "approved_by", "approved_at"])
    for_whom = deputies.represented(by, APPROVE, but_not=template.proposed_by_id)
    told = [one for one in (template.proposed_by, for_whom) if one is not None]
    facts = {"period": first.key}
    _record("template.put_in_use", template, by, reason=template.reason, data=facts, notify=told, on_behalf_of=for_whom)
    return template


def rules_of(length: str) -> str:
    """The name of the lock that an assessment shares and a change of the rules in use takes alone."""
    return f"scoring rules {length}"


def _refuse_assessed(first: Period) -> None:
    """What was assessed once keeps its rules, so a version cannot begin before the next period."""
    last = last_assessed(first.length)
    if last is not None and first.start <= last.start:
        raise Refused(
            _("%(period)s is assessed already. These rules can begin with %(next)s.")
            % {"period": last, "next": last.next}
        )


def last_assessed(length: str) -> Period | None:
    """The latest period of this length that has an assessment, published or not."""
    found = access.rows_of(Assessment).filter(length=length).order_by("-starts_on").first()
    return found.span if found else None


def _end_before(code: str, day: date) -> None:
    """The versions decided before judge no period from this day on; one that had not begun never does."""
    decided = access.rows_of(ScorecardTemplate).filter(code=code, status__in=DECIDED)
    decided.update(status=Status.RETIRED, ends_before=Greatest(F("starts_on"), Least(F("ends_before"), Value(day))))


@transaction.atomic
def propose_end(template: ScorecardTemplate, *, first: Period, by: User, reason: str) -> ScorecardTemplate:
    """Ask to end a set of rules without a successor: from `first` on nobody is judged by it."""
    require(by, CHANGE)
    reason = reasons.sentence(reason)
    _hold(template)
    template = _locked(template, Status.IN_USE)
    if template.is_ending:
        raise Stale(_("The end of these rules is proposed already. Look at them again."))
    if access.rows_of(ScorecardTemplate).filter(code=template.code, status__in=OPEN).exists():
        raise Refused(_("A next version is being worked on. Finish or discard it first."))
    _refuse_end(template, first)
    template.end_on, template.end_reason, template.end_proposed_by_id = first.start, reason, by.pk
    template.save(update_fields=["end_on", "end_reason", "end_proposed_by"])
    _record("template.end_proposed", template, by, reason=reason, data={"period": first.key})
    return template


@transaction.atomic
def keep_in_use(template: ScorecardTemplate, *, by: User, reason: str) -> ScorecardTemplate:
    """Decide against the proposed end of a set; whoever proposed it is told why."""
    require(by, APPROVE)
    reason = reasons.sentence(reason)
    template = _locked_ending(template)
    told = template.end_proposed_by
    _put_aside(template)
    _record("template.kept_in_use", template, by, reason=reason, notify=[told] if told and told.pk != by.pk else ())
    return template


@transaction.atomic
def take_end_back(template: ScorecardTemplate, *, by: User) -> ScorecardTemplate:
    """Whoever keeps the rules does not ask for the end any more."""
    require(by, CHANGE)
    template = _locked_ending(template)
    _put_aside(template)
    _record("template.end_taken_back", template, by)
    return template


def _locked_ending(template: ScorecardTemplate) -> ScorecardTemplate:
    template = _locked(template, Status.IN_USE)
    if not template.is_ending:
        raise Stale(_("No end of these rules is proposed any more. Look at them again."))
    return template


def _put_aside(template: ScorecardTemplate) -> None:
    template.end_on, template.end_reason, template.end_proposed_by = None, "", None
    template.save(update_fields=["end_on", "end_reason", "end_proposed_by"])


@transaction.atomic
def end(template: ScorecardTemplate, *, by: User) -> ScorecardTemplate:
    """End a set of rules from the proposed period on. Whoever proposed it cannot."""
    require(by, APPROVE)
    require_whole_network(by)
    _hold(template)
    hold(rules_of(template.length))  # nobody assesses meanwhile
    template = _locked(template, Status.IN_USE)
    first, told = template.end, template.end_proposed_by
    if first is None or told is None:
        raise Stale(_("No end of these rules is proposed any more. Look at them again."))
    if told.pk == by.pk:
        raise OwnProposal(_("Somebody else has to end what you proposed to end."))
    _refuse_end(template, first)
    template.status, template.ended_by_id = Status.RETIRED, by.pk
    template.ends_before = max(first.start, template.starts_on or first.start)
    template.save(update_fields=["status", "ended_by", "ends_before"])
    words = {"reason": template.end_reason, "data": {"period": first.key}, "notify": [told]}
    _record("template.ended", template, by, **words)
    return template


def _refuse_end(template: ScorecardTemplate, first: Period) -> None:
    if first.length != template.length:
        raise Refused(_("%(period)s is not the length these rules are for.") % {"period": first})
    last = last_assessed(first.length)
    if last is not None and first.start <= last.start:
        raise Refused(
            _("%(period)s is assessed already. These rules can end with %(next)s.")
            % {"period": last, "next": last.next}
        )


def first_periods(length: str, *, on: date, count: int = 6) -> list[Period]:
    """From which periods on a version can be put in use, the nearest first."""
    last = last_assessed(length)
    period = Period.of(on, Length(length)).previous if last is None else last.next
    periods = [period]
    while len(periods) < count:
        periods.append(periods[-1].next)
    return periods


@transaction.atomic
def discard(template: ScorecardTemplate, *, by: User) -> None:
    """Take a draft away. Nobody was judged by it, so nothing of it is kept but what happened."""
    require(by, CHANGE)
    _hold(template)
    template = _locked(template, Status.DRAFT)
    _record("template.discarded", template, by)
    template.measures.all().delete()
    template.grades.all().delete()
    template.delete()


def _hold(template: ScorecardTemplate) -> None:
    hold(f"scorecard template {template.code}")


def _locked(template: ScorecardTemplate, status: str) -> ScorecardTemplate:
    template = access.lock(template)
    if template.status != status:
        words = {
            Status.DRAFT: _("This version is no draft any more. Look at it again."),
            Status.PROPOSED: _("This version is not proposed any more. Look at it again."),
            Status.IN_USE: _("This version is not in use any more. Look at it again."),
        }
        raise Stale(words[Status(status)])
    return template


def _record(kind: str, template: ScorecardTemplate, by: User, **more: Any) -> None:
    events.record(kind, template, by=by, label=title_of(template), **more)


def title_of(template: ScorecardTemplate) -> str:
    return _("%(rules)s, version %(version)s") % {"rules": template.local_name, "version": template.version}
