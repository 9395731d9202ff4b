"""Documents that expire: the people concerned are told in time, once for each stage of each date."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate as today

from core import jobs, runs
from core.database.locks import hold
from dealers.jobs import REMIND
from dealers.models import Dealer, Delivery, Document, Event, Person, User
from dealers.services import documents, expiries
from tests import factories
from tests.racing import at_once_while

DAY = date(2026, 6, 15)


@pytest.fixture
def system(db: None) -> User:
    return User.objects.get(kind=User.Kind.SYSTEM)


@pytest.fixture
def licence(northgate: Dealer, dave: User) -> Any:
    """A document of the dealer that expires so many days after `DAY`."""

    def of(days: int, **fields: Any) -> Document:
        given: dict[str, Any] = {
            "dealer": northgate, "kind": "licence", "title": "Licence", "file_name": "l.pdf", "size": 1,
            "content_type": "application/pdf", "sha256": "0" * 64, "uploaded_by": Person.objects.get(pk=dave.pk),
        }  # fmt: skip
        return Document.objects.create(**given | {"expires_on": DAY + timedelta(days=days)} | fields)

    return of


def told() -> list[tuple[str, int]]:
    return [(event.kind, event.data["stage"]) for event in Event.objects.filter(kind__contains="expir").order_by("pk")]


def run(system: User, *, days: int = 0) -> int:
    return expiries.remind(on=DAY + timedelta(days=days), by=system)


@pytest.mark.parametrize(
    ("days", "stage"),
    [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0), (-30, 0), (-31, None)],
)
def test_a_date_belongs_to_one_stage_at_most(licence: Any, system: User, days: int, stage: int | None) -> None:
    licence(days)
    run(system)
    assert [found for _kind, found in told()] == ([] if stage is None else [stage])


def test_every_stage_is_told_once_however_often_it_is_asked(licence: Any, system: User) -> None:
    licence(90)
    for day in range(0, 125):
        run(system, days=day)
        run(system, days=day)
    assert told() == [
        ("document.expiring", 90), ("document.expiring", 30), ("document.expiring", 7), ("document.expired", 0)
    ]  # fmt: skip


def test_the_manager_and_the_dealer_s_executives_are_told(
    licence: Any, northgate: Dealer, alice: User, carol: User, system: User
) -> None:
    northgate.manager = Person.objects.get(pk=carol.pk)
    northgate.save(update_fields=["manager"])
    factories.person("Otto", "dealer_staff", dealer=northgate)
    licence(30)
    run(system)
    assert set(Delivery.objects.values_list("recipient_id", "channel")) == {
        (pk, channel) for pk in (alice.pk, carol.pk) for channel in ("bell", "email")
    }


def test_an_internal_document_is_our_own_business(
    licence: Any, northgate: Dealer, alice: User, carol: User, system: User
) -> None:
    northgate.manager = Person.objects.get(pk=carol.pk)
    northgate.save(update_fields=["manager"])
    licence(30, is_internal=True)
    run(system)
    assert told() == [("document.expiring_internally", 30)]
    assert set(Delivery.objects.values_list("recipient_id", flat=True)) == {carol.pk}


def test_a_new_date_is_reminded_of_anew(licence: Any, dave: User, system: User) -> None:
    document = licence(20)
    run(system)
    olga = factories.person("Olga", "channel_operations")
    documents.change(document, by=olga, expires_on=DAY + timedelta(days=25))
    run(system)
    documents.change(document, by=olga, expires_on=DAY + timedelta(days=300))
    run(system)
    assert told() == [("document.expiring", 30), ("document.expiring", 30)]


def test_nobody_is_reminded_of_what_no_longer_counts(licence: Any, system: User) -> None:
    licence(20, archived_at="2026-01-01T00:00Z")
    licence(20, dealer=factories.dealer(status=Dealer.Status.ENDED))
    licence(20, expires_on=None)
    assert run(system) == 0 and told() == []


def test_the_daily_job_does_it(licence: Any, system: User) -> None:
    licence(0, expires_on=today() + timedelta(days=5))
    job = jobs.enqueue(REMIND)
    runs.run(job.pk)
    job.refresh_from_db()
    assert job.result == {"reminded": 1} and told() == [("document.expiring", 7)]


def test_the_search_for_them_is_a_question_for_each_stage(licence: Any, system: User) -> None:
    for days in (90, 30, 7, -1, 200, 400):
        licence(days)
    run(system)
    with CaptureQueriesContext(connection) as asked:
        run(system)
    assert sum("dealers_document" in query["sql"] for query in asked) == 4


@pytest.mark.django_db(transaction=True)
def test_two_at_once_remind_once(licence: Any, system: User) -> None:
    licence(30)
    outcomes = at_once_while(lambda: hold("expiring documents"), lambda: run(system), lambda: run(system))
    assert sorted(outcomes) == [0, 1]  # type: ignore[type-var]
    assert told() == [("document.expiring", 30)]
