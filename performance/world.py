"""The results' part of a world: for each dealer a published card with an objection, and one that is not published."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from contracts.models import Contract
from core.database.context import acting
from core.database.roles import Role
from core.models import Job
from core.periods import Length, Period
from core.worlds import OURS, Seen, World
from dealers.models import Dealer, User
from performance.models import (
    Assessment,
    Objection,
    Scorecard,
    ScorecardLine,
    ScorecardTemplate,
    TemplateGrade,
    TemplateMeasure,
)
from performance.services.trials import TRY, Moved, Trial, kept

ANSWERED, TOLD, UNTOLD = (Period.parse(key) for key in ("2026-Q1", "2026-Q2", "2026-Q3"))


def build(world: World) -> None:
    account = next(one for one in world.accounts if (one.role, one.reach) == ("channel_operations", "everywhere"))
    by = User.objects.get(email=account.email)
    with world.making(OURS), acting(Role.JOBS):
        template = _templates(world, by)
        assessments = [_assessment(world, by, period) for period in (ANSWERED, TOLD, UNTOLD)]
    for owner in world.owners():
        with world.making(owner), acting(Role.JOBS):
            dealer = Dealer.objects.get(code=owner)
            answered, _told, _untold = (_card(world, dealer, assessment, template) for assessment in assessments)
            _objection(world, answered, by)
    with world.making(OURS), acting(Role.JOBS):
        _trial(world)


def _templates(world: World, by: User) -> ScorecardTemplate:
    """Rules that everybody may read; beside them a set with a draft of its next version, and one that is proposed."""
    code, now = f"w{world.seed}", timezone.now()
    template = _replaced(world, code)
    world.keep(template)
    _replaced(world, f"{code}d")
    world.keep(_rules(world, f"{code}d", version=2), aspect="draft")
    proposed = _rules(world, f"{code}p", version=1)
    proposed.status, proposed.proposed_by_id, proposed.proposed_at = ScorecardTemplate.Status.PROPOSED, by.pk, now
    proposed.save(update_fields=["status", "proposed_by", "proposed_at"])
    world.keep(proposed, aspect="proposed")
    in_use = _rules(world, f"{code}u", version=1)
    in_use.status, in_use.tiers = ScorecardTemplate.Status.IN_USE, ["gold"]
    in_use.save(update_fields=["status", "tiers"])
    world.keep(in_use, aspect="in_use")
    ending = _rules(world, f"{code}e", version=1)
    ending.status, ending.tiers = ScorecardTemplate.Status.IN_USE, ["silver"]
    ending.end_on, ending.end_reason, ending.end_proposed_by_id = date(2030, 1, 1), "No longer needed.", by.pk
    ending.save(update_fields=["status", "tiers", "end_on", "end_reason", "end_proposed_by"])
    world.keep(ending, aspect="ending")
    return template


def _replaced(world: World, code: str) -> ScorecardTemplate:
    template = _rules(world, code, version=1)
    template.status, template.ends_before = ScorecardTemplate.Status.RETIRED, date(2020, 1, 1)
    template.save(update_fields=["status", "ends_before"])
    return template


def _rules(world: World, code: str, *, version: int) -> ScorecardTemplate:
    template = ScorecardTemplate(
        code=code, version=version, name="World", name_zh="世界", length=Length.QUARTER.value,
        minimum_coverage=Decimal("0.5"),
    )  # fmt: skip
    template.save()
    TemplateMeasure(template=template, position=1, measure="attainment", weight=100, full_at=1).save()
    TemplateGrade(template=template, letter="A", from_score=85).save()
    TemplateGrade(template=template, letter="B", from_score=0).save()
    return template


def _trial(world: World) -> None:
    """What a trial of the draft came to, for one of ours: he reads of the dealers in his reach."""
    draft = ScorecardTemplate.objects.prefetch_related("measures", "grades").get(code=f"w{world.seed}d", version=2)
    asker = next(one for one in world.accounts if (one.role, one.state) == ("marketing_director", "active"))
    cards = Scorecard.objects.filter(period=TOLD.key).order_by("dealer__code").values_list("dealer_id", flat=True)
    moved = [Moved(pk, (Decimal("71.5"), Decimal(90)), ("C", "A")) for pk in cards]
    found = Trial(TOLD, len(moved), {"C": len(moved)}, {"A": len(moved)}, (None, None), len(moved), moved)
    done = Job(kind=TRY, key="world", state=Job.State.DONE, finished_at=timezone.now())
    with acting(None):
        done.requested_by_id = User.objects.get(email=asker.email).pk
    done.result = {"trial": kept(draft, found)}
    done.save()
    world.keep(done, number="trial", holder=asker.email, aspect="trial")


def _assessment(world: World, by: User, period: Period) -> Assessment:
    signed: dict[str, Any] = {"state": Assessment.State.PUBLISHED, "published_at": timezone.now()}
    assessment = Assessment(
        period=period.key, length=period.length.value, starts_on=period.start, ends_on=period.end,
        cut_off=timezone.now(), computed_at=timezone.now(), computed_by_id=by.pk,
        **(signed | {"published_by_id": by.pk} if period is not UNTOLD else {}),
    )  # fmt: skip
    assessment.save()
    return world.keep(assessment)


def _card(world: World, dealer: Dealer, assessment: Assessment, template: ScorecardTemplate) -> Scorecard:
    seen = Seen.INTERNAL if assessment.period == UNTOLD.key else Seen.BOTH
    contract = Contract.objects.filter(dealer=dealer).order_by("pk").first()
    card = Scorecard(
        dealer=dealer, assessment=assessment, contract=contract, template=template, period=assessment.period,
        length=assessment.length, starts_on=assessment.starts_on, ends_on=assessment.ends_on, edition=1,
        cut_off=assessment.cut_off, currency="EUR", weight=100, weight_with_data=100, points=Decimal("71.5"),
        score=Decimal("71.5"), grade="C", peers=3,
    )  # fmt: skip
    card.save()
    line = ScorecardLine(
        dealer=dealer, scorecard=card, position=1, measure="attainment", weight=100, zero_at=0, full_at=1,
        score=Decimal("71.5"), points=Decimal("71.5"), value=Decimal("0.715"),
        inputs={
            "actual": f"{world.number(dealer.code, seen)}.0000",
            "target": f"{world.number(dealer.code, seen)}.0000",
        },
    )  # fmt: skip
    line.save()
    if seen is Seen.BOTH:
        is_answered = assessment.period == ANSWERED.key
        card.status = Scorecard.Status.OBJECTED if is_answered else Scorecard.Status.PUBLISHED
        card.published_at = timezone.now()
        card.save(update_fields=["status", "published_at"])
    world.keep(card, dealer.code, seen)
    world.keep(line, dealer.code, seen)
    return card


def _objection(world: World, card: Scorecard, by: User) -> None:
    line = card.lines.get()
    world.make(
        Objection, card.dealer.code, dealer=card.dealer, scorecard=card, line=line, raised_by_id=by.pk,
        due_on=date(2026, 5, 1),
    )  # fmt: skip
