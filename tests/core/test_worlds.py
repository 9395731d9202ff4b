"""`build_world`: the same seed gives the same world; the other variant leaves the first dealer as he is."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from core import worlds
from core.worlds import World
from dealers.models import Contact, Dealer, User

pytestmark = pytest.mark.django_db
STARTS = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def development() -> Any:
    with override_settings(DEBUG=True):
        yield


def told(world: World) -> dict[str, Any]:
    """What a world writes down, without the integer keys: those go on counting after a rollback."""
    described = world.as_dict()
    for thing in described["objects"]:
        thing["pk"] = None
        thing["addresses"] = sorted(thing["addresses"])
    return described


def build_and_undo(variant: int, *, seed: int = 11) -> tuple[dict[str, Any], list[Any]]:
    world = World(seed=seed, size=2, variant=variant, starts=STARTS)
    with transaction.atomic():
        worlds.build(world)
        first = f"W{seed}D001"
        found: list[Any] = [
            Dealer.objects.filter(code=first),
            Contact.objects.filter(dealer__code=first).order_by("pk"),
        ]
        rows: list[dict[str, Any]] = [row for queryset in found for row in queryset.values()]
        transaction.set_rollback(True)
    keys = {"id", "dealer_id", "home_id"}
    return told(world), [{name: value for name, value in row.items() if name not in keys} for row in rows]


def test_the_same_seed_gives_the_same_world() -> None:
    assert build_and_undo(1) == build_and_undo(1)


def test_another_seed_gives_another_world() -> None:
    assert build_and_undo(1)[0] != build_and_undo(1, seed=12)[0]


def test_the_other_variant_differs_only_in_dealers_other_than_the_first() -> None:
    (one, first), (other, same) = build_and_undo(1), build_and_undo(2)
    assert first == same
    for part in ("accounts", "objects"):
        kept = [[entry for entry in told_[part] if entry["dealer"] != "W11D002"] for told_ in (one, other)]
        assert kept[0] == kept[1]
        assert one[part] != other[part]
    assert one["canaries"]["W11D001"] == other["canaries"]["W11D001"]
    assert one["canaries"]["W11D002"] != other["canaries"]["W11D002"]


def test_the_accounts_written_down_can_sign_in() -> None:
    world = World(seed=3, size=1, variant=1, starts=STARTS)
    worlds.build(world)
    assert {account.state for account in world.accounts} == {"active", "disabled", "second_factor_pending"}
    for account in world.accounts:
        user = User.objects.get(email=account.email)
        assert user.check_password(account.password)
        assert user.is_active is (account.state != "disabled")


def test_the_command_writes_everything_down(tmp_path: Path) -> None:
    out = tmp_path / "world.json"
    call_command("build_world", "--seed=5", "--dealers=2", f"--out={out}", verbosity=0)
    told_ = json.loads(out.read_text())
    assert told_["dealers"] == ["W5D001", "W5D002"]
    assert {thing["dealer"] for thing in told_["objects"]} == {"", "W5D001", "W5D002"}
    for thing in told_["objects"]:
        assert thing["pk"] and thing["kind"]


def test_an_inhabited_database_is_left_alone_unless_forced(northgate: Dealer, tmp_path: Path) -> None:
    arguments = ["--seed=5", "--dealers=1", f"--out={tmp_path / 'world.json'}"]
    with pytest.raises(CommandError, match="already has dealers"):
        call_command("build_world", *arguments)
    call_command("build_world", *arguments, "--force", verbosity=0)
    assert Dealer.objects.count() == 2


@override_settings(DEBUG=False)
def test_a_world_is_never_built_in_production(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="development"):
        call_command("build_world", "--seed=5", f"--out={tmp_path / 'world.json'}")
    assert not Dealer.objects.exists()
