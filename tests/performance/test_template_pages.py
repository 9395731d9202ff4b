"""Pages of the rules of judging: versions and what they change, editing a draft, deciding, and what dealers read."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.periods import Length, Period
from dealers.models import User
from performance.models import ScorecardTemplate
from performance.scales import Rules
from performance.services import templates
from tests import factories
from tests.pages import at_most, text_of

type SignIn = Callable[[User], Client]
WHY = "Growth counts for too little this year."


@pytest.fixture
def shipped(db: None) -> ScorecardTemplate:
    return ScorecardTemplate.objects.get(code="quarter")


@pytest.fixture
def draft(shipped: ScorecardTemplate, elena: User) -> ScorecardTemplate:
    return templates.new_version(shipped, by=elena)


@pytest.fixture
def proposed(draft: ScorecardTemplate, elena: User) -> ScorecardTemplate:
    return templates.propose(draft, by=elena, reason=WHY)


def page_of(template: ScorecardTemplate, deed: str = "") -> str:
    return f"/scoring/{template.public_id}/{deed}"


def typed(client: Client, draft: ScorecardTemplate, **said: str) -> Any:
    """The edit page as it comes, with some of it typed over; then sent."""
    page = client.get(page_of(draft, "edit/"))
    data: dict[str, Any] = {}
    for form in (page.context["grades"], *page.context["forms"]):
        for name in form.fields:
            value = form[name].value()
            if value is not None and value is not False:
                data[form.add_prefix(name)] = "on" if value is True else value if name == "tiers" else str(value)
    data |= said
    return client.post(page_of(draft, "edit/"), {name: value for name, value in data.items() if value}, follow=True)


def test_the_list_says_where_every_version_stands(proposed: ScorecardTemplate, carol: User, signed_in: SignIn) -> None:
    client = signed_in(carol)
    with at_most(4):
        text = text_of(client.get("/scoring/versions/"))
    assert "Quarterly scorecard all dealers" in text and "Version 2 Proposed" in text and WHY in text
    assert "Version 1 In use as shipped" in text and "Elena" in text
    assert "Draft a new version" not in text, "she may look, not draft"


def test_a_version_is_drafted_edited_and_shown_beside_the_one_before(
    shipped: ScorecardTemplate, elena: User, signed_in: SignIn
) -> None:
    client = signed_in(elena)
    made = client.post(page_of(shipped, "new-version/"), follow=True)
    assert "Version 2 is drafted. Nobody is judged by it." in text_of(made)
    draft = ScorecardTemplate.objects.get(code="quarter", version=2)
    said = {
        "growth-weight": "22.5", "growth-full_at": "20", "expansion-is_in": "", "overdue-is_in": "on",
        "overdue-weight": "2.5", "overdue-zero_at": "50", "overdue-full_at": "0", "from_1": "90", "coverage": "60",
    }  # fmt: skip
    with at_most(32):
        answer = typed(client, draft, **said)
    text = text_of(answer)
    assert "The draft is saved." in text and "15 → 22.5" in text and "85.0 → 90.0" in text
    assert "before: no points at 0.0%, full points from +15.0%" in text
    assert "Overdue share new" in text and "Market expansion left out" in text and "Before: 50%." in text
    assert "Together 100" in text and "Propose" in text
    rules = Rules.of(draft)
    assert [one.measure for one in rules.measures] == [
        "attainment", "growth", "collection", "cover", "reports", "overdue"]  # fmt: skip


def test_a_sum_that_is_not_a_hundred_is_saved_and_not_proposed(
    draft: ScorecardTemplate, elena: User, signed_in: SignIn
) -> None:
    client = signed_in(elena)
    text = text_of(typed(client, draft, **{"growth-weight": "10"}))
    assert "The weights come to 95, not to 100." in text
    refused = client.post(page_of(draft, "propose/"), {"reason": WHY})
    assert refused.status_code == 422 and "The weights come to 95" in text_of(refused)


def test_what_is_wrong_is_said_with_measure_and_value_and_stays_typed(
    draft: ScorecardTemplate, elena: User, signed_in: SignIn
) -> None:
    said = {"growth-full_at": "", "cover-full_until": "20", "attainment-floor": "130", "letter_2": "A"}
    answer = typed(signed_in(elena), draft, **said)
    text = text_of(answer)
    assert answer.status_code == 422
    assert "Growth: “Full points from” is missing." in text
    assert "Days of cover: full points until 20 days is less than full points from 30 days." in text
    assert "Target attainment: “no points short of 130.0%” does not lie between 0.0% and 100.0%." in text
    assert 'value="130"' in answer.content.decode()
    assert Rules.of(draft) == Rules.of(ScorecardTemplate.objects.get(code="quarter", version=1))
    assert "Grade A is there twice." in text_of(typed(signed_in(elena), draft, letter_2="A"))


def test_a_page_that_is_out_of_date_is_told(draft: ScorecardTemplate, elena: User, signed_in: SignIn) -> None:
    client = signed_in(elena)
    seen = Rules.of(draft).digest
    typed(client, draft, **{"growth-weight": "20", "cover-weight": "5"})
    answer = typed(client, draft, **{"growth-weight": "30", "seen": seen})
    assert answer.status_code == 422 and "Somebody else has changed this draft in the meantime" in text_of(answer)
    assert {one.measure: one.weight for one in draft.measures.all()}["growth"] == 20


def test_one_proposes_and_another_decides(draft: ScorecardTemplate, elena: User, dave: User, signed_in: SignIn) -> None:
    client, head = signed_in(elena), signed_in(dave)
    assert "Somebody else puts them in use." in text_of(
        client.post(page_of(draft, "propose/"), {"reason": WHY}, follow=True)
    )
    assert client.get(page_of(draft, "put-in-use/")).status_code == 403
    back = head.post(page_of(draft, "send-back/"), {"reason": "Think of new dealers as well."}, follow=True)
    assert "The version is a draft again." in text_of(back)
    assert "Sent back by Dave" in text_of(client.get(page_of(draft))) and "new dealers" in text_of(
        client.get(page_of(draft))
    )
    client.post(page_of(draft, "propose/"), {"reason": WHY})
    form = head.get(page_of(draft, "put-in-use/")).context["form"]
    first = Period.parse(form.fields["first"].choices[3][0])
    text = text_of(head.post(page_of(draft, "put-in-use/"), {"first": first.key}, follow=True))
    assert f"The rules are in use from {first} on." in text and "proposed by Elena, approved by Dave" in text
    assert f"In use from {first.short}" in text and f"In use until {first.previous.short}" in text


def test_whoever_proposed_is_told_that_somebody_else_decides(draft: ScorecardTemplate, signed_in: SignIn) -> None:
    both = factories.person("Petra", "marketing_director", "head_of_sales")
    client = signed_in(both)
    text = text_of(client.post(page_of(draft, "propose/"), {"reason": WHY}, follow=True))
    assert "You proposed this version: somebody else puts it in use." in text and "Send back" in text
    first = client.get(page_of(draft, "put-in-use/")).context["form"].fields["first"].choices[0][0]
    refused = client.post(page_of(draft, "put-in-use/"), {"first": first})
    assert refused.status_code == 422 and "Somebody else has to put in use what you proposed." in text_of(refused)


def test_a_proposal_waits_on_the_day_of_whoever_decides(
    proposed: ScorecardTemplate, dave: User, elena: User, signed_in: SignIn
) -> None:
    waiting = "Scoring rules to decide: Quarterly scorecard, version 2"
    assert waiting in text_of(signed_in(dave).get("/")) and waiting not in text_of(signed_in(elena).get("/"))


def test_dealers_read_what_is_announced_and_no_draft(
    proposed: ScorecardTemplate, alice: User, dave: User, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    assert client.get(page_of(proposed)).status_code == 404
    assert "other rules apply" not in text_of(client.get("/scoring/"))
    first = Period.of(date(2099, 1, 1), Length.QUARTER)
    templates.put_in_use(proposed, first=first, by=dave)
    with at_most(9):
        text = text_of(client.get("/scoring/"))
    assert f"Quarterly scorecard: from {first} on, other rules apply. {WHY}" in text
    assert f"version 1 In use until {first.previous.short}" in text
    assert f"version 2 In use from {first.short}" in text_of(client.get(page_of(proposed)))
    assert client.get("/scoring/versions/").status_code == 404


def test_a_draft_is_discarded_and_the_way_back_is_the_list(
    draft: ScorecardTemplate, elena: User, signed_in: SignIn
) -> None:
    text = text_of(signed_in(elena).post(page_of(draft, "discard/"), follow=True))
    assert "The draft is discarded." in text and "Version 2" not in text


def test_only_who_keeps_the_rules_edits_them(
    draft: ScorecardTemplate, carol: User, dave: User, alice: User, signed_in: SignIn
) -> None:
    for user, status in ((carol, 403), (dave, 403), (alice, 404)):
        assert signed_in(user).get(page_of(draft, "edit/")).status_code == status
    assert signed_in(carol).get(page_of(draft)).status_code == 200


def test_a_proposal_is_not_edited(proposed: ScorecardTemplate, elena: User, signed_in: SignIn) -> None:
    client = signed_in(elena)
    assert "Only a draft is edited" in text_of(client.get(page_of(proposed, "edit/")))


def test_a_set_for_dealers_whom_none_is_for_is_drafted_and_filled(elena: User, carol: User, signed_in: SignIn) -> None:
    client = signed_in(elena)
    assert "New set of rules" in text_of(client.get("/scoring/versions/"))
    said = {"name": "Gold, by quarter", "code": "Gold-Quarter", "length": "quarter"}
    refused = client.post("/scoring/versions/new/", said)
    assert refused.status_code == 422
    assert "judged by “Quarterly scorecard” already" in text_of(refused) and "Gold, by quarter" in refused.text
    edit = client.post("/scoring/versions/new/", said | {"tiers": ["gold"]}, follow=True)
    made = ScorecardTemplate.objects.get(code="gold-quarter")
    assert edit.redirect_chain[-1][0] == page_of(made, "edit/")
    answer = typed(
        client, made, **{"growth-is_in": "on", "growth-weight": "100", "growth-zero_at": "0", "growth-full_at": "15"}
    )
    assert "The draft is saved." in text_of(answer)
    assert [(one.measure, one.weight, one.full_at) for one in made.measures.all()] == [
        ("growth", Decimal(100), Decimal("0.15"))
    ]
    assert signed_in(carol).get("/scoring/versions/new/").status_code == 403
