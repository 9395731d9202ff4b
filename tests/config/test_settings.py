"""Settings come from the environment; in production what is missing or weak stops the start with a sentence."""

import re
import subprocess
import sys
from collections.abc import Mapping

import pytest
from django.conf import settings

from tests.config.portal import BASE, environment

KEY = "Vn3k9-Qx7Lr2Zt8Wm5Hs1Jd6Fb4Gc0Pa-Ue9Yi3Ko7Sn2Tv5XzR"
PRODUCTION = {
    "DEBUG": "False",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "portal.example.com",
    "SITE_URL": "https://portal.example.com",
    "DATABASE_URL": "postgres://owner:password@db.example.com/entente",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.com:587",
}


def manage(*words: str, changes: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=BASE,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_example_names_every_setting_and_no_other() -> None:
    read = set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', (BASE / "config" / "settings.py").read_text()))
    documented = set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (BASE / ".env.example").read_text(), re.MULTILINE))
    assert documented == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("ALLOWED_HOSTS", None),
        ("ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", None),
        ("DATABASE_URL", "sqlite:///file.db"),
    ],
)
def test_production_does_not_start_without(name: str, value: str | None) -> None:
    changes = {**PRODUCTION, name: value}
    refused = manage("run", changes={key: text for key, text in changes.items() if text is not None})
    assert refused.returncode == 1
    (line,) = refused.stderr.strip().splitlines()
    assert f"{name} is missing or weak" in line
    assert value is None or value not in line or name != "SECRET_KEY"


def test_a_number_that_is_none_is_said_in_one_line() -> None:
    refused = manage("run", changes={"PORT": "many"})
    assert refused.returncode == 1
    (line,) = refused.stderr.strip().splitlines()
    assert "'many'" in line


@pytest.mark.django_db
def test_the_documented_production_settings_pass_the_deployment_check() -> None:
    database = settings.DATABASES["default"]
    owner = settings.DATABASE_OWNER
    at = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
    address = f"postgres://{owner['USER']}:{owner['PASSWORD']}@{at}/{database['NAME']}"
    if str(database["HOST"]).startswith("/"):
        address = f"postgres://{owner['USER']}@/{database['NAME']}?host={database['HOST']}"
    login = {"DATABASE_URL": address, "DATABASE_APP_PASSWORD": database["PASSWORD"] or ""}
    checked = manage("check", "--deploy", "--fail-level", "WARNING", changes={**PRODUCTION, **login})
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout
