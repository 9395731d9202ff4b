"""The demo network: loads once, into an empty development database, and every role finds something on its pages."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from config.demo import PASSWORD
from dealers.models import Dealer, Document, Event, User
from dealers.roles import ROLES
from onboarding.models import Application


def _load(settings: Any, folder: Path) -> list[dict[str, str]]:
    settings.DEBUG, settings.VAR_DIR, settings.MEDIA_ROOT = True, folder, folder / "files"
    call_command("load_demo")
    logins: list[dict[str, str]] = json.loads((folder / "demo.json").read_text(encoding="utf-8"))["logins"]
    return logins


def test_it_brings_a_network_in_which_every_role_can_start(db: None, settings: Any, tmp_path: Path) -> None:
    logins = _load(settings, tmp_path)
    assert Dealer.objects.count() == 61  # sixty, and one whom an opening has brought
    assert set(Application.objects.values_list("state", flat=True)) == set(Application.State.values)
    assert {one[:2] for one in Application.objects.values_list("language", flat=True)} == {"en", "zh"}
    assert Dealer.objects.exclude(name_zh="").count() >= 30
    assert set(Dealer.objects.values_list("status", flat=True)) == set(Dealer.Status.values)
    assert Document.objects.filter(expires_on__isnull=False).count() >= 50
    assert Event.objects.values("kind").distinct().count() >= 6
    assert {login["role"] for login in logins} == {role.code for role in ROLES}
    for login in logins:
        user = User.objects.get(email=login["login"])
        assert user.check_password(PASSWORD)
        client = Client()
        client.force_login(user)
        assert client.get("/").status_code == 200, login["role"]


def test_it_refuses_a_database_with_dealers_in_it(northgate: Dealer, settings: Any) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match="empty database"):
        call_command("load_demo")


def test_it_refuses_production(db: None, settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="development only"):
        call_command("load_demo")
    assert not Dealer.objects.exists()
