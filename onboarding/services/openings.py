"""Openings: drafted, changed, published, closed. What candidates are judged by is fixed when one is published."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access
from core.errors import NotYours, Refused, Stale, refuse_unsound
from dealers import events
from dealers.models import ProductLine, User
from dealers.rights import require
from onboarding import reach
from onboarding.defaults import CRITERIA, Judged
from onboarding.models import Application, Criterion, Mark, Opening, OpeningLine

State = Opening.State
WORK = "onboarding.work_application"
WHOLE = 100


class StaleOpening(Stale):
    """Somebody saved the opening in between; `opening` is how it stands now."""

    def __init__(self, opening: Opening) -> None:
        super().__init__(_("Somebody else changed this opening while you were editing it."))
        self.opening = opening


@transaction.atomic
def draft(*, by: User, lines: Iterable[ProductLine] = (), **fields: Any) -> Opening:
    """A new opening with the usual criteria. Nobody outside sees it before it is published."""
    require(by, "onboarding.add_opening")
    opening = Opening(**fields)
    refuse_unsound(opening)
    opening.save()
    _set_lines(opening, lines)
    _refuse_out_of_reach(opening, by)
    _refuse_blind_owner(opening)
    _set_criteria(opening, CRITERIA)
    events.record("opening.drafted", opening, by=by)
    return opening


@transaction.atomic
def change(
    opening: Opening, *, by: User, version: int, changes: Mapping[str, Any], lines: Iterable[ProductLine]
) -> Opening:
    """Write what changed since `version`. Once somebody has applied, the territory and the lines stay."""
    opening = _hold(opening, by=by)
    if opening.version != version:
        raise StaleOpening(opening)
    lines = list(lines)
    present = {one.line_id for one in opening.lines.all()}
    is_moved = opening.territory != changes.get("territory", opening.territory)
    if (is_moved or present != {one.pk for one in lines}) and _has_applications(opening):
        raise Refused(_("Somebody has applied for this: territory and lines stay. Close it and open another."))
    for name, value in changes.items():
        setattr(opening, name, value)
    opening.version += 1
    refuse_unsound(opening)
    opening.save(update_fields=[*changes, "version"])
    _set_lines(opening, lines)
    _refuse_out_of_reach(opening, by)
    _refuse_blind_owner(opening)
    events.record("opening.changed", opening, by=by)
    return opening


@transaction.atomic
def judge_by(opening: Opening, criteria: Iterable[Judged], *, by: User) -> Opening:
    """Set what candidates are judged by. Not any more once somebody was marked: all are judged alike."""
    opening = _hold(opening, by=by)
    if access.rows_of(Mark).filter(application__opening=opening).exists():
        raise Refused(_("Somebody was marked by these criteria already: all candidates are judged alike."))
    _set_criteria(opening, criteria)
    events.record("opening.changed", opening, by=by)
    return opening


@transaction.atomic
def publish(opening: Opening, *, by: User) -> Opening:
    """From its first day on everybody reads it and may apply."""
    opening = _hold(opening, by=by)
    if opening.state == State.OPEN:
        raise Refused(_("This opening is published already."))
    if opening.closes_on and opening.closes_on < timezone.localdate():
        raise Refused(_("Its last day is over. Set a later one first."))
    _refuse_unbalanced(opening)
    return _move(opening, State.OPEN, "opening.opened", by)


@transaction.atomic
def close(opening: Opening, *, by: User) -> Opening:
    """Nobody can apply any more; who has applied is still decided on."""
    opening = _hold(opening, by=by)
    if opening.state != State.OPEN:
        raise Refused(_("Only a published opening can be closed."))
    return _move(opening, State.CLOSED, "opening.closed", by)


def _hold(opening: Opening, *, by: User) -> Opening:
    require(by, "onboarding.change_opening")
    opening = access.lock(opening)
    _refuse_out_of_reach(opening, by)
    return opening


def _move(opening: Opening, state: str, event: str, by: User) -> Opening:
    opening.state = state
    opening.version += 1
    opening.save(update_fields=["state", "version"])
    events.record(event, opening, by=by)
    return opening


def _set_lines(opening: Opening, lines: Iterable[ProductLine]) -> None:
    wanted = {one.pk for one in lines}
    opening.lines.exclude(line__in=wanted).delete()
    present = {one.line_id for one in opening.lines.all()}
    OpeningLine.objects.bulk_create(OpeningLine(opening=opening, line_id=pk) for pk in sorted(wanted - present))


def _set_criteria(opening: Opening, criteria: Iterable[Judged]) -> None:
    access.rows_of(Criterion).filter(opening=opening).delete()
    for position, one in enumerate(criteria, start=1):
        row = Criterion(
            opening=opening, position=position, name=one.name, name_zh=one.name_zh, weight=one.weight or 0,
            kind=Criterion.Kind.KNOCK_OUT if one.weight is None else Criterion.Kind.SCORE,
        )  # fmt: skip
        refuse_unsound(row)
        row.save()
    _refuse_unbalanced(opening)


def _refuse_unbalanced(opening: Opening) -> None:
    total = sum(one.weight for one in access.rows_of(Criterion).filter(opening=opening))
    if total != WHOLE:
        raise Refused(_("The weights add up to %(total)d; make them 100.") % {"total": total})


def _has_applications(opening: Opening) -> bool:
    return access.rows_of(Application).filter(opening=opening).exists()


def _refuse_blind_owner(opening: Opening) -> None:
    """Whoever receives the applications has to be able to work on them."""
    if opening.owner is not None and opening.owner not in reach.able_to(WORK, opening):
        raise Refused(
            _("%(person)s cannot look after this: no assignment reaches %(territory)s.")
            % {"person": opening.owner, "territory": opening.territory}
        )


def _refuse_out_of_reach(opening: Opening, by: User) -> None:
    if by.kind == User.Kind.STAFF and not Opening.objects.visible_to(by).filter(pk=opening.pk).exists():
        raise NotYours(_("%(territory)s lies outside the territories you look after.") % {
            "territory": opening.territory})  # fmt: skip
