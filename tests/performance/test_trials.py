"""Trying rules out: the last period judged once more, beside the scores there are; nothing of it is stored."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core import jobs, runs
from core.errors import NotYours, Refused
from core.models import Job
from dealers.models import Dealer, Territory, User
from performance.models import Assessment, Scorecard, ScorecardLine, ScorecardTemplate
from performance.scales import Rules
from performance.services import assessments, templates, trials
from tests import factories
from tests.ledger.books import Book
from tests.pages import at_most, text_of
from tests.performance.conftest import QUARTER

type SignIn = Callable[[User], Client]


@pytest.fixture
def draft(elena: User) -> ScorecardTemplate:
    """Growth counts for all: no growth, no points."""
    draft = templates.new_version(ScorecardTemplate.objects.get(code="quarter"), by=elena)
    return only(draft, "growth", elena)


def only(draft: ScorecardTemplate, measure: str, by: User) -> ScorecardTemplate:
    rules = Rules.of(draft)
    known = {one.measure: one for one in Rules.of(ScorecardTemplate.objects.get(code="quarter", version=1)).measures}
    wanted = replace(rules, measures=(replace(known[measure], weight=Decimal(100)),))
    return templates.change(draft, wanted, seen=rules.digest, by=by)


@pytest.fixture
def assessed(trading: Book, southport: Dealer, system: User) -> Assessment:
    """Northgate has 63.0, a C; Southport nothing to say."""
    factories.contract(southport)
    made = assessments.assess(QUARTER, by=system).assessment
    assert made is not None
    return made


def tried(draft: ScorecardTemplate, by: User) -> Job:
    job = trials.ask(draft, by=by)
    runs.run(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.django_db(transaction=True)
def test_the_last_period_is_judged_once_more_and_nothing_is_stored(
    assessed: Assessment, draft: ScorecardTemplate, elena: User, signed_in: SignIn
) -> None:
    before = (list(Scorecard.objects.order_by("pk").values()), ScorecardLine.objects.count())
    job = tried(draft, elena)
    assert job.state == Job.State.DONE, job.error
    assert "first quarter 2026: 1 of 2 dealers would have another grade." in jobs.done_text_of(job)
    assert (list(Scorecard.objects.order_by("pk").values()), ScorecardLine.objects.count()) == before
    assert Assessment.objects.count() == 1
    client = signed_in(elena)
    with at_most(10):
        text = text_of(client.get(job.result["url"]))
    assert "Northgate" in text and "63.0" in text and "-63.0" in text.replace("\u2212", "-")
    assert "no score 1 1" in text and "Southport" not in text


@pytest.mark.django_db(transaction=True)
def test_a_trial_counts_what_the_last_edition_counted(
    assessed: Assessment, draft: ScorecardTemplate, elena: User, northgate: Dealer
) -> None:
    found = trials.read(tried(only(draft, "attainment", elena), elena).result["trial"])
    assert (found.before, found.after) == ({"": 1, "C": 1}, {"": 1, "A": 1})
    [moved] = found.moved
    assert (moved.scores, moved.grades) == ((Decimal("63.0"), Decimal("90.0")), ("C", "A"))
    Book(northgate).sold_in(date(2026, 2, 11), "100")
    assert trials.read(tried(draft, elena).result["trial"]) == found, "later postings do not count"


@pytest.mark.django_db(transaction=True)
def test_a_trial_says_when_the_rules_read_otherwise_since(
    assessed: Assessment, draft: ScorecardTemplate, elena: User, signed_in: SignIn
) -> None:
    address, client = tried(draft, elena).result["url"], signed_in(elena)
    assert "read otherwise" not in text_of(client.get(address))
    only(draft, "attainment", elena)
    assert "The rules read otherwise since this trial." in text_of(client.get(address))
    templates.discard(draft, by=elena)
    assert "The draft that was tried is discarded." in text_of(client.get(address))


@pytest.mark.django_db(transaction=True)
def test_only_who_asked_sees_a_trial(
    assessed: Assessment, draft: ScorecardTemplate, elena: User, dave: User, alice: User, signed_in: SignIn
) -> None:
    address = tried(draft, elena).result["url"]
    for other in (dave, alice):
        assert signed_in(other).get(address).status_code == 404
    assert tried(draft, dave).state == Job.State.DONE, "who decides tries for himself"


def test_without_cards_there_is_nothing_to_try_on(draft: ScorecardTemplate, elena: User, signed_in: SignIn) -> None:
    with pytest.raises(Refused, match="nothing to try them on"):
        trials.ask(draft, by=elena)
    answer: Any = signed_in(elena).post(f"/scoring/{draft.public_id}/try/", follow=True)
    assert "nothing to try them on" in text_of(answer)


def test_a_trial_takes_the_whole_network(assessed: Assessment, draft: Any, carol: User, north: Territory) -> None:
    for person in (carol, factories.person("Mara", "marketing_director", node=north)):
        with pytest.raises(NotYours):
            trials.ask(draft, by=person)


def test_the_button_leads_to_the_job(assessed: Assessment, draft: Any, elena: User, signed_in: SignIn) -> None:
    answer = signed_in(elena).post(f"/scoring/{draft.public_id}/try/")
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/jobs/")
