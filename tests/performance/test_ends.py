"""A set of rules ends without a successor, by two people; and another version may be for dealers of other tiers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from core.errors import NotYours, Refused, Stale
from core.periods import Period
from dealers.models import Delivery, Event, User
from performance.models import Scorecard, ScorecardTemplate
from performance.scales import Rules
from performance.services import assessments, templates
from tests import factories
from tests.pages import text_of
from tests.performance.conftest import QUARTER
from tests.racing import at_once

type SignIn = Callable[[User], Client]
WHY = "From next quarter on one yearly score is enough."
NEXT = QUARTER.next


@pytest.fixture
def shipped(db: None) -> ScorecardTemplate:
    return ScorecardTemplate.objects.get(code="quarter")


@pytest.fixture
def ending(shipped: ScorecardTemplate, elena: User) -> ScorecardTemplate:
    return templates.propose_end(shipped, first=NEXT, by=elena, reason=WHY)


def test_from_the_period_on_nobody_is_judged_by_it(trading: Any, ending: Any, dave: User, system: User) -> None:
    assert ending.is_ending and ending.status == "in_use", "until somebody else decides it stays in use"
    ended = templates.end(ending, by=dave)
    assert (ended.status, ended.ends_before, ended.ended_by_id) == ("retired", NEXT.start, dave.pk)
    assessments.assess(QUARTER, by=system)
    assert Scorecard.objects.get().template == ended, "a period before the end keeps its rules"
    with pytest.raises(Refused):
        assessments.assess(NEXT, by=system)
    assert not Scorecard.objects.filter(period=NEXT.key).exists()


def test_whoever_proposed_does_not_end_it(ending: ScorecardTemplate, world: Any) -> None:
    both = factories.person("Petra", "marketing_director", "head_of_sales")
    templates.take_end_back(ending, by=both)
    again = templates.propose_end(ending, first=NEXT, by=both, reason=WHY)
    with pytest.raises(templates.OwnProposal, match="Somebody else has to end"):
        templates.end(again, by=both)
    other = factories.person("Olaf", "channel_operations")
    with pytest.raises(IntegrityError, match="end_four_eyes"), transaction.atomic():
        ScorecardTemplate.objects.filter(pk=again.pk).update(status="retired", ends_before=NEXT.start, ended_by=both.pk)
    with pytest.raises(IntegrityError, match="end_is_signed"), transaction.atomic():
        ScorecardTemplate.objects.filter(code="month").update(end_on=NEXT.start, end_proposed_by=other.pk)


def test_rights_are_asked_by_every_verb(ending: Any, shipped: Any, carol: User, elena: User, north: Any) -> None:
    with pytest.raises((NotYours, PermissionDenied)):
        templates.propose_end(shipped, first=NEXT, by=carol, reason=WHY)
    for deed in (
        lambda: templates.end(ending, by=elena),
        lambda: templates.keep_in_use(ending, by=elena, reason=WHY),
        lambda: templates.take_end_back(ending, by=carol),
    ):
        with pytest.raises((NotYours, PermissionDenied)):
            deed()


def test_whoever_proposed_takes_it_back_and_who_decides_says_why(
    ending: ScorecardTemplate, elena: User, dave: User
) -> None:
    kept = templates.take_end_back(ending, by=elena)
    assert not kept.is_ending and (kept.end_reason, kept.end_proposed_by_id) == ("", None)
    with pytest.raises(Stale, match="No end of these rules is proposed"):
        templates.end(kept, by=dave)
    templates.propose_end(kept, first=NEXT, by=elena, reason=WHY)
    templates.keep_in_use(kept, by=dave, reason="Dealers count on it for another year.")
    told = Event.objects.filter(kind="template.kept_in_use").latest("pk")
    assert told.actor_id == dave.pk and Delivery.objects.filter(event=told, recipient_id=elena.pk).exists()


def test_what_was_assessed_keeps_its_rules(trading: Any, shipped: Any, elena: User, dave: User, system: User) -> None:
    proposed = templates.propose_end(shipped, first=QUARTER, by=elena, reason=WHY)
    assessments.assess(QUARTER, by=system)
    with pytest.raises(Refused, match=r"is assessed already\. These rules can end with second quarter 2026"):
        templates.end(proposed, by=dave)
    with pytest.raises(Refused, match="not the length"):
        templates.propose_end(
            templates.take_end_back(proposed, by=elena), first=Period.parse("2026-07"), by=elena, reason=WHY
        )


def test_an_end_and_a_next_version_wait_for_each_other(shipped: ScorecardTemplate, elena: User, dave: User) -> None:
    draft = templates.new_version(shipped, by=elena)
    with pytest.raises(Refused, match="A next version is being worked on"):
        templates.propose_end(shipped, first=NEXT, by=elena, reason=WHY)
    templates.discard(draft, by=elena)
    ending = templates.propose_end(shipped, first=NEXT, by=elena, reason=WHY)
    with pytest.raises(Refused, match="The end of these rules is proposed"):
        templates.new_version(shipped, by=elena)
    ended = templates.end(ending, by=dave)
    again = templates.propose(templates.new_version(ended, by=elena), by=elena, reason="We want it back.")
    assert templates.put_in_use(again, first=NEXT.next, by=dave).status == "in_use", "an ended set can begin again"


def test_rules_that_still_judge_keep_others_out(ending: ScorecardTemplate, elena: User, dave: User) -> None:
    templates.end(ending, by=dave)
    wanted = templates.NewSet(code="fresh", name="Fresh", name_zh="", length="quarter", tiers=())
    made = templates.new_set(wanted, by=elena)
    rules = Rules.of(made)
    growth = replace(Rules.of(ending).measures[1], weight=rules.weight + 100)
    made = templates.change(made, replace(rules, measures=(growth,)), seen=rules.digest, by=elena)
    made = templates.propose(made, by=elena, reason=WHY)
    with pytest.raises(Refused, match="judged by “Quarterly scorecard” already"):
        templates.put_in_use(made, first=QUARTER, by=dave)
    assert templates.put_in_use(made, first=NEXT, by=dave).starts_on == NEXT.start


@pytest.mark.django_db(transaction=True)
def test_of_ending_and_keeping_at_once_one_counts(ending: ScorecardTemplate, dave: User, elena: User) -> None:
    outcomes = at_once(
        ending,
        lambda: templates.end(ending, by=dave),
        lambda: templates.take_end_back(ending, by=elena),
    )
    assert sum(isinstance(one, Refused) for one in outcomes) == 1
    assert Event.objects.filter(kind__in=["template.ended", "template.end_taken_back"]).count() == 1


# ---- pages ---------------------------------------------------------------------------------------
def test_one_asks_on_the_page_and_another_ends(
    shipped: ScorecardTemplate, elena: User, dave: User, alice: User, signed_in: SignIn
) -> None:
    client, head, page = signed_in(elena), signed_in(dave), shipped.get_absolute_url()
    form = client.get(f"{page}propose-end/").context["form"]
    first = Period.parse(form.fields["first"].choices[2][0])
    short = client.post(f"{page}propose-end/", {"first": first.key, "reason": ""})
    assert short.status_code == 422
    text = text_of(client.post(f"{page}propose-end/", {"first": first.key, "reason": WHY}, follow=True))
    assert "The end is proposed." in text and "You proposed to end these rules: somebody else decides." in text
    assert "End proposed" in text_of(head.get("/scoring/versions/"))
    assert "Scoring rules to end: Quarterly scorecard, version 1" in text_of(head.get("/"))
    assert f"Elena proposes to end these rules from {first} on: {WHY}" in text_of(head.get(page))
    assert WHY not in text_of(signed_in(alice).get(page)), "what is thought about is ours"
    assert client.post(f"{page}end/").status_code == 403
    assert "The rules stay in use." in text_of(client.post(f"{page}take-end-back/", follow=True))
    client.post(f"{page}propose-end/", {"first": first.key, "reason": WHY})
    kept = head.post(f"{page}keep-in-use/", {"reason": "Dealers count on it for another year."}, follow=True)
    assert "The rules stay in use." in text_of(kept) and "End proposed" not in text_of(kept)
    client.post(f"{page}propose-end/", {"first": first.key, "reason": WHY})
    text = text_of(head.post(f"{page}end/", follow=True))
    assert f"The rules end with {first}." in text and f"In use until {first.previous.short}" in text
    assert "no longer" not in text_of(signed_in(alice).get(page)).lower()


def test_a_next_version_is_for_other_tiers_and_says_so(
    shipped: ScorecardTemplate, elena: User, dave: User, signed_in: SignIn
) -> None:
    client = signed_in(elena)
    draft = templates.new_version(shipped, by=elena)
    edit = f"{draft.get_absolute_url()}edit/"
    page = client.get(edit)
    data: dict[str, Any] = {"tiers": ["gold", "silver"]}
    for form in (page.context["grades"], *page.context["forms"]):
        for name in form.fields:
            value = form[name].value()
            if name != "tiers" and value not in {None, False, ""}:
                data[form.add_prefix(name)] = "on" if value is True else str(value)
    text = text_of(client.post(edit, data, follow=True))
    assert "For whom Gold, Silver before: all dealers" in text
    draft.refresh_from_db()
    templates.propose(draft, by=elena, reason="Bronze dealers get rules of their own.")
    made = templates.put_in_use(draft, first=templates.first_periods("quarter", on=date(2026, 11, 1))[0], by=dave)
    assert made.tiers == ["gold", "silver"]


def test_a_version_for_other_tiers_does_not_take_another_sets_dealers(shipped: Any, elena: User, rules: Any) -> None:
    rules("gold-only", ("growth", "100", "1"), tiers=["gold"])
    draft = templates.new_version(shipped, by=elena)
    said = Rules.of(draft)
    with pytest.raises(Refused, match="The same dealers are judged by"):
        templates.change(draft, replace(said, tiers=("gold", "silver")), seen=said.digest, by=elena)
    draft = templates.change(draft, replace(said, tiers=("silver",)), seen=said.digest, by=elena)
    with pytest.raises(Stale):
        templates.change(draft, said, seen=said.digest, by=elena)
