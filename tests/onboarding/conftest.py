"""An opening in the north, who decides on it, and somebody who applies."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate, now

from core.database.context import acting
from core.database.roles import Role
from dealers.models import ProductLine, Territory, User
from onboarding.models import Application, Opening, Step
from onboarding.services import applicants, decisions, openings, screening
from tests import factories
from tests.dealers import files

REASON = "Everything that we have seen speaks for it."
COMPANY: dict[str, Any] = {
    "legal_name": "Wenzhou Oubei Sanitary Ware", "registration_code": "91330302MA2A6XK4XX", "city": "Wenzhou",
    "legal_representative": "Wu Jianping", "country": "CN", "capital": Decimal(2_000_000), "capital_currency": "CNY",
    "staff_count": 23, "experience_years": 11, "motive": "We want to grow with a strong brand.",
}  # fmt: skip


@pytest.fixture
def taps(db: None) -> ProductLine:
    return factories.product_line("TAPS", name="Faucets", name_zh="龙头")


@pytest.fixture
def olga(world: Territory) -> User:
    return factories.person("Olga", "channel_operations")


@pytest.fixture
def rita(north: Territory) -> User:
    return factories.person("Rita", "regional_director", node=north)


@pytest.fixture
def petra(world: Territory) -> User:
    return factories.person("Petra", "product_line_manager")


@pytest.fixture
def opening(north: Territory, taps: ProductLine, olga: User) -> Opening:
    fields: dict[str, Any] = {
        "code": "NORTH-1", "title": "Faucets in the north", "title_zh": "北区龙头", "territory": north,
        "currency": "CNY", "first_year_goal": Decimal(3_200_000), "deposit": Decimal(50_000),
        "minimum_capital": Decimal(500_000), "opens_on": localdate() - timedelta(days=10), "jurisdiction": "CN",
        "company": factories.company(), "gives": "A launch plan\nTraining of four fitters",
    }  # fmt: skip
    made = openings.draft(by=olga, lines=[taps], **fields)
    return openings.publish(made, by=olga)


@pytest.fixture
def apply(opening: Opening) -> Callable[..., Application]:
    """Somebody applies, as the public does."""

    def begin(**fields: Any) -> Application:
        contact = {"contact_name": "Wu Jianping", "email": "wu@oubei.example"} | fields
        with acting(Role.PUBLIC):
            return applicants.begin(Opening.objects.get(pk=opening.pk), **contact)

    return begin


def as_applicant[T](application: Application, verb: Callable[..., T], *args: Any, **typed: Any) -> T:
    """A verb of the applicant's, within his walls."""
    with acting(Role.PUBLIC, application=application.token_hash):
        return verb(Application.objects.get(pk=application.pk), *args, **typed)


def pdf(name: str = "licence.pdf", body: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, files.pdf(body), "application/pdf")


@pytest.fixture
def draft(apply: Callable[..., Application]) -> Application:
    """Everything is filled in; it is not sent yet."""
    application = apply()
    as_applicant(application, applicants.save, **COMPANY)
    as_applicant(application, applicants.add_file, pdf(), kind="licence")
    return Application.objects.get(pk=application.pk)


@pytest.fixture
def application(draft: Application) -> Application:
    """Sent by the applicant."""
    as_applicant(draft, applicants.submit)
    return Application.objects.get(pk=draft.pk)


def mark_all(application: Application, by: User, *, fails: str = "", score: int = 4) -> None:
    for one in application.opening.criteria.all():
        verdict: dict[str, Any] = {"is_passed": one.name != fails} if one.is_knock_out else {"score": score}
        screening.mark(application, one, by=by, evidence="visit", text="Seen on the spot", **verdict)


@pytest.fixture
def waiting(application: Application, carol: User, rita: User, petra: User, dave: User) -> Step:
    """Screened and sent to approval by carol; the regional director's signature is waited for."""
    mark_all(application, carol)
    return decisions.submit(application, by=carol, reason=REASON)


def next_step(application: Application) -> Step:
    return Step.objects.get(application=application, outcome="waiting")


def expire(application: Application) -> None:
    """Long before the test: the wall asks the clock of the transaction, which stands since the test began."""
    Application.objects.filter(pk=application.pk).update(link_expires_at=now() - timedelta(hours=1))
