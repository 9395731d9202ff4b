"""What a finding rests on: kept like every file, read by our people in reach, never by an applicant or a dealer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from django.utils.timezone import localdate

from core.database.context import acting
from core.database.roles import Role
from core.errors import Refused
from dealers.models import Territory, User
from onboarding.models import Application, Finding, FindingFile
from onboarding.services import links, screening
from tests import factories
from tests.dealers import files
from tests.onboarding.conftest import pdf
from tests.pages import text_of

type SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def media(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def found(application: Application, carol: User) -> Finding:
    return screening.find_out(application, by=carol, evidence="visit", on=localdate(), note="Two show rooms.")


def test_a_finding_is_noted_with_its_photo_and_more_follow(
    application: Application, carol: User, alice: User, south: Territory, signed_in: SignIn, client: Client
) -> None:
    ours = signed_in(carol)
    typed = {"evidence": "visit", "on": f"{localdate()}", "note": "Two show rooms.", "file": pdf("rooms.pdf")}
    page = ours.post(f"{application.get_absolute_url()}findings/add/", typed, follow=True)
    assert "rooms.pdf" in text_of(page)
    one = Finding.objects.get()
    more = ours.post(f"/findings/{one.public_id}/attach/", {"file": pdf("extract.pdf", b"2")}, follow=True)
    assert "extract.pdf" in text_of(more)
    kept = FindingFile.objects.order_by("pk")[0]
    sent: Any = ours.get(f"/finding-files/{kept.public_id}/")
    assert sent["Content-Disposition"].startswith("attachment") and b"".join(sent.streaming_content) == files.pdf()
    stranger = signed_in(factories.person("Sue", "account_manager", node=south))
    assert stranger.get(f"/finding-files/{kept.public_id}/").status_code == 404
    assert signed_in(alice).get(f"/finding-files/{kept.public_id}/").status_code == 404
    his = client.get(f"/application/{links.secret_of(application)}/")
    assert his.status_code == 200 and "rooms.pdf" not in his.text


def test_a_refused_file_leaves_nothing_behind_and_loses_nothing(
    application: Application, carol: User, signed_in: SignIn
) -> None:
    program = SimpleUploadedFile("photo.png", b"MZ\x90\x00program")
    typed = {"evidence": "call", "on": f"{localdate()}", "note": "He said so.", "file": program}
    page = signed_in(carol).post(f"{application.get_absolute_url()}findings/add/", typed)
    assert "this is none of them" in text_of(page) and "He said so." in page.text
    assert not Finding.objects.exists() and not FindingFile.objects.exists()


def test_number_and_twins_are_limited(found: Finding, carol: User) -> None:
    screening.attach(found, pdf(), by=carol)
    with pytest.raises(Refused, match="already here as"):
        screening.attach(found, pdf("again.pdf"), by=carol)
    for number in range(1, screening.MOST_FILES):
        screening.attach(found, pdf(body=str(number).encode()), by=carol)
    with pytest.raises(Refused, match="holds 10 files"):
        screening.attach(found, pdf(body=b"one more"), by=carol)


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.DEALER])
def test_no_role_but_ours_reads_them(found: Finding, carol: User, alice: User, role: Role) -> None:
    screening.attach(found, pdf(), by=carol)
    session = acting(role, dealer_id=alice.dealer_id, user_id=alice.pk)
    with pytest.raises(DatabaseError, match="permission denied"), session:
        list(FindingFile.objects.all())
