"""Rules of law: counsel revises a pack, the version before stays, enforcing a price needs what it rests on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate as today

from contracts import rules
from contracts.models import Mode, RulePack, Tool
from contracts.services import rule_packs
from core.database.locks import hold
from core.errors import NotYours, Refused
from dealers.models import Event, User
from tests import factories
from tests.pages import text_of
from tests.racing import at_once_while

type SignIn = Callable[[User], Client]
WHY = "The regulator published a new guideline."


@pytest.fixture
def counsel(db: None) -> User:
    return factories.person("Lea", "legal")


@pytest.fixture
def pack(db: None) -> RulePack:
    return RulePack.objects.get(jurisdiction="EU")


def typed(client: Client, pack: RulePack, **said: str) -> Any:
    """The page as it comes, with some of it typed over; then sent."""
    address = f"/rules/{pack.public_id}/revise/"
    page = client.get(address)
    data = {"reason": WHY}
    for form in (page.context["form"], *page.context["tools"]):
        for name in form.fields:
            value = form[name].initial
            data.setdefault(form.add_prefix(name), "" if value is None else str(getattr(value, "pk", value)))
    return client.post(address, data | said, follow=True)


def test_a_change_is_the_next_version_with_its_reason(pack: RulePack, counsel: User, signed_in: SignIn) -> None:
    client = signed_in(counsel)
    answer = typed(client, pack, **{f"{Tool.PASSIVE_SALES}-mode": Mode.OBSERVE})
    assert "Version 2 is on record." in text_of(answer) and "before: Off" in text_of(answer)
    assert "by Lea" in text_of(answer) and WHY in text_of(answer)
    assert rules.mode_of(Tool.PASSIVE_SALES, "EU", on=today()) is Mode.OBSERVE
    assert rules.mode_of(Tool.PASSIVE_SALES, "EU", on=today() - timedelta(days=1)) is Mode.OFF
    kept = {one.tool: one.mode for one in pack.settings.all()}
    assert kept[Tool.PASSIVE_SALES] == Mode.OFF, "the version before stays as it was"
    event = Event.objects.get(kind="rules.revised")
    assert event.reason == WHY and "Off" in text_of(client.get(f"/rules/{pack.public_id}/"))


def test_a_version_of_later_leaves_today_as_it_is(pack: RulePack, counsel: User, signed_in: SignIn) -> None:
    later = today() + timedelta(days=30)
    typed(signed_in(counsel), pack, valid_from=f"{later}", **{f"{Tool.ACTIVE_SALES}-mode": Mode.OFF})
    assert rules.mode_of(Tool.ACTIVE_SALES, "EU", on=today()) is Mode.ENFORCE
    assert rules.mode_of(Tool.ACTIVE_SALES, "EU", on=later) is Mode.OFF


def test_enforcing_a_price_says_beside_the_field_what_it_lacks(
    pack: RulePack, counsel: User, signed_in: SignIn
) -> None:
    client, tool = signed_in(counsel), Tool.RETAIL_FLOOR
    answer = typed(client, pack, **{f"{tool}-mode": Mode.ENFORCE})
    assert answer.status_code == 422 and "needs a person who answers for it" in text_of(answer)
    assert RulePack.objects.filter(jurisdiction="EU").count() == 1
    founded = {
        f"{tool}-mode": Mode.ENFORCE, f"{tool}-basis": "Exemption by decision 12/2026",
        f"{tool}-named_person": f"{counsel.pk}", f"{tool}-expires_on": f"{today() + timedelta(days=10)}",
    }  # fmt: skip
    assert "Version 2 is on record." in text_of(typed(client, pack, **founded))
    assert rules.mode_of(tool, "EU", on=today() + timedelta(days=10)) is Mode.ENFORCE
    assert rules.mode_of(tool, "EU", on=today() + timedelta(days=11)) is Mode.OBSERVE


def test_a_dealer_s_person_cannot_answer_for_a_rule(
    pack: RulePack, counsel: User, alice: User, signed_in: SignIn
) -> None:
    answer = typed(signed_in(counsel), pack, **{f"{Tool.RETAIL_FLOOR}-named_person": f"{alice.pk}"})
    assert answer.status_code == 422 and "Select a valid choice" in text_of(answer)


def test_a_version_that_was_replaced_is_not_revised_again(pack: RulePack, counsel: User, signed_in: SignIn) -> None:
    client = signed_in(counsel)
    typed(client, pack)
    answer = typed(client, pack)
    assert answer.status_code == 422 and "Somebody else revised these rules" in text_of(answer)
    assert f"/rules/{pack.public_id}/revise/" not in client.get(f"/rules/{pack.public_id}/").content.decode()


def test_only_counsel_revises(pack: RulePack, carol: User, alice: User, signed_in: SignIn) -> None:
    assert signed_in(carol).get(f"/rules/{pack.public_id}/").status_code == 200
    assert signed_in(carol).get(f"/rules/{pack.public_id}/revise/").status_code == 403
    assert signed_in(alice).get(f"/rules/{pack.public_id}/").status_code in {403, 404}
    with pytest.raises(NotYours):
        rule_packs.revise(pack, {}, by=carol, valid_from=today(), note="", note_zh="", reason=WHY)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_revise_at_once_one_is_told(pack: RulePack, counsel: User) -> None:
    rulings = {tool: rule_packs.Ruling(Mode.OFF) for tool in Tool}

    def revise() -> RulePack:
        return rule_packs.revise(pack, rulings, by=counsel, valid_from=today(), note="", note_zh="", reason=WHY)

    outcomes = at_once_while(lambda: hold("rule pack EU"), revise, revise)
    assert sum(isinstance(one, Refused) for one in outcomes) == 1
    assert RulePack.objects.filter(jurisdiction="EU").count() == 2
