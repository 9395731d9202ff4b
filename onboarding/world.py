"""The recruiting part of a world: openings in the north, an applicant who was asked for more, and one being decided on.

What we think of them carries our own mark: met on a page without an account, or a dealer's, it is a proven leak.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.database.context import acting
from core.database.roles import Role
from core.worlds import OURS, Seen, World
from dealers.models import Company, Person, ProductLine, Territory
from onboarding.defaults import CRITERIA
from onboarding.models import (
    Answer,
    Application,
    ApplicationBrand,
    ApplicationFile,
    Criterion,
    Finding,
    FindingFile,
    Handling,
    Mark,
    Opening,
    OpeningLine,
    Step,
)
from onboarding.models.application import FILES
from onboarding.models.screening import FILES as FOUND
from onboarding.services import links
from onboarding.services.decisions import SIGNATURES

REASON = "A reason with enough words in it"
PAPER = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def build(world: World) -> None:
    asks = next(one for one in world.accounts if one.role == "account_manager" and one.state == "active")
    with world.making(OURS), acting(Role.JOBS):
        by = Person.objects.get(email=asks.email)
        opening = _opening(world, "A", Opening.State.OPEN)
        _opening(world, "B", Opening.State.DRAFT)
        first = _application(world, opening, by, Application.State.SENT_BACK)
        Answer(application=first, step=1, outcome="sent_back", reason=REASON, at=timezone.now()).save()
        _step(world, first, by, decided=True)
        second = _application(world, opening, by, Application.State.IN_APPROVAL)
        _step(world, second, by, decided=False)
    world.links.setdefault(min(world.owners()), {})["secret"] = links.secret_of(first)


def _opening(world: World, letter: str, state: Opening.State) -> Opening:
    prefix = f"W{world.seed}"
    opening = Opening(
        code=f"{prefix}-{letter}", title=f"Dealer wanted {letter}", title_zh=f"招商 {letter}", state=state,
        territory=Territory.objects.get(code=f"{prefix}-NORTH"), currency="EUR", jurisdiction=prefix,
        company=Company.objects.get(code=prefix), opens_on=date(2026, 1, 1), gives="Training",
    )  # fmt: skip
    opening.save()
    world.keep(opening)
    OpeningLine(opening=opening, line=ProductLine.objects.get(code=f"{prefix}-TOOLS")).save()
    for position, one in enumerate(CRITERIA, start=1):
        Criterion(
            opening=opening, position=position, name=one.name, name_zh=one.name_zh, weight=one.weight or 0,
            kind=Criterion.Kind.SCORE if one.weight else Criterion.Kind.KNOCK_OUT,
        ).save()  # fmt: skip
    return opening


def _application(world: World, opening: Opening, by: Person, state: Application.State) -> Application:
    now = timezone.now()
    application = Application(
        opening=opening, state=state, contact_name="Wu Jianping", email=f"{state}@applicant.example",
        legal_name=f"Applicant {state}", registration_code=f"R-{state}", legal_representative="Wu Jianping",
        capital=Decimal(2_000_000), capital_currency="EUR", country="DE", city="Bremen", staff_count=23,
        experience_years=11, motive="Growth", submitted_at=now,
    )  # fmt: skip
    links.mint(application, now=now.replace(year=now.year + 50))  # whenever the world is tried
    application.save()
    world.keep(application)
    ApplicationBrand(application=application, brand="Keda", relation="rival", share_percent=30).save()
    paper = ApplicationFile(
        application=application, kind="licence", file_name="licence.pdf", content_type="application/pdf",
        size=len(PAPER), sha256=FILES.put(PAPER),
    )  # fmt: skip
    paper.save()
    world.keep(paper)
    Handling(application=application, owner=by, next_step=f"Visit {world.mark(OURS, Seen.INTERNAL)}").save()
    _thoughts(world, application, by)
    return application


def _thoughts(world: World, application: Application, by: Person) -> None:
    """Every criterion is marked; one knock-out has failed."""
    mark = world.mark(OURS, Seen.INTERNAL)
    common: dict[str, Any] = {"application": application, "evidence": "visit", "by": by}
    for one in Criterion.objects.filter(opening=application.opening_id):
        verdict: dict[str, Any] = {"is_passed": one.position != 1} if one.is_knock_out else {"score": 4}
        Mark(criterion=one, text=f"Seen {mark}", at=timezone.now(), **common, **verdict).save()
    finding = Finding(field="staff_count", claimed="23", seen=f"12 {mark}", note=mark, on=date(2026, 1, 5), **common)
    finding.save()
    world.keep(finding)
    paper = FindingFile(
        finding=finding, by=by, file_name=f"{mark}.pdf", content_type="application/pdf", size=len(PAPER),
        sha256=FOUND.put(PAPER),
    )  # fmt: skip
    paper.save()
    world.keep(paper)


def _step(world: World, application: Application, by: Person, *, decided: bool) -> None:
    step = Step(
        application=application, round=1, number=1, permission=SIGNATURES[0].right, submitted_by=by,
        submitted_at=timezone.now(), request_reason=f"{REASON} {world.mark(OURS, Seen.INTERNAL)}",
        due_on=date(2026, 1, 9),
    )  # fmt: skip
    if decided:
        director = next(one for one in world.accounts if one.role == "regional_director")
        step.decided_by, step.decided_at = Person.objects.get(email=director.email), timezone.now()
        step.outcome, step.reason = "sent_back", REASON
        step.internal_note = f"For us {world.mark(OURS, Seen.INTERNAL)}"
    step.save()
