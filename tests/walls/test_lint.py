"""The house rules hold in all of our code; and each rule finds what it is there for."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.walls import found, lint

UNSAFE_IN_TEMPLATES = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off|\{%\s*cache\b")
WRONG = {
    "unscoped": "def page(request):\n    return Contact.objects.filter(pk=1)\n",
    "sql_in_pages": "def page(request):\n    return connection.cursor()\n",
    "floats": "price = 0.1\n",
    "marked_safe": "def html(text):\n    return mark_safe(text)\n",
    "naive_time": "started = datetime.now()\n",
    "past_the_outbox": "def tell():\n    send_mail('a', 'b', None, [])\n",
    "page_cache": "from django.views.decorators.cache import cache_page\npage = cache_page(60)(page)\n",
    "cascades": "dealer = models.ForeignKey(Dealer, models.CASCADE)\n",
}


def test_our_code_keeps_the_house_rules() -> None:
    every = [str(one) for path in found.source_files() for one in lint.findings(lint.read(path))]
    assert every == [], "mend it, or say why it is right: # allow <rule>: <reason>\n" + "\n".join(every[:40])


def test_templates_escape_everything_and_cache_nothing() -> None:
    unsafe = [
        f"{path.relative_to(settings.BASE_DIR)}: {match[0]}"
        for path in sorted((settings.BASE_DIR / "templates").rglob("*"))
        if path.is_file() and path.suffix != ".txt"  # letters are plain text
        for match in [UNSAFE_IN_TEMPLATES.search(path.read_text())]
        if match
    ]
    assert unsafe == []


def test_no_middleware_caches_pages() -> None:
    assert [one for one in settings.MIDDLEWARE if "cache" in one.lower()] == []


@pytest.mark.parametrize("rule", lint.RULES)
def test_a_rule_finds_what_it_is_there_for(rule: str, tmp_path: Path) -> None:
    path = tmp_path / "views.py"
    path.write_text(WRONG[rule])
    assert [one.rule for one in lint.findings(lint.read(path))] == [rule]


@pytest.mark.parametrize("rule", lint.RULES)
def test_a_finding_is_allowed_only_with_a_reason(rule: str, tmp_path: Path) -> None:
    path = tmp_path / "views.py"
    lines = WRONG[rule].rstrip().split("\n")
    path.write_text("\n".join([*lines[:-1], f"{lines[-1]}  # allow {rule}: it is shown here on purpose"]) + "\n")
    assert list(lint.findings(lint.read(path))) == []
    path.write_text("\n".join([*lines[:-1], f"{lines[-1]}  # allow {rule}:"]) + "\n")
    assert [one.rule for one in lint.findings(lint.read(path))] == [rule]


@pytest.mark.parametrize(
    "fine",
    [
        "Contact.objects.visible_to(user).filter(pk=1)",
        "Contact.objects.create(dealer=dealer)",
        "get_object_or_404(Contact.objects.visible_to(user), public_id=public_id)",
        "dealer.contacts.filter(is_archived=False)",
        "datetime.now(UTC)",
    ],
)
def test_what_is_right_is_not_found(fine: str, tmp_path: Path) -> None:
    path = tmp_path / "views.py"
    path.write_text(f"def page(request, user, dealer, public_id):\n    return {fine}\n")
    assert list(lint.findings(lint.read(path))) == []
