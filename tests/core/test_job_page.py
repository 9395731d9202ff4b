"""A job's page: how far it is, what came of it, and for nobody but the person who asked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from core import jobs, runs
from core.models import Job
from dealers.models import User
from tests.core import kinds

type SignIn = Callable[[User], Client]
State = Job.State


@pytest.fixture
def job(alice: User) -> Job:
    kinds.during.clear()
    return jobs.enqueue("suite.mark", by=alice)


def address(job: Job) -> str:
    return f"/jobs/{job.public_id}/"


def test_a_running_job_says_how_far_it_is_how_long_still_and_that_one_may_leave(
    signed_in: SignIn, alice: User, job: Job
) -> None:
    Job.objects.filter(pk=job.pk).update(
        state=State.RUNNING, lease_until=Now(), started_at=Now() - timedelta(seconds=30), done=3000, total=4000,
        stage="Checking rows",
    )  # fmt: skip
    page = signed_in(alice).get(address(job)).content.decode()
    for words in ("Checking rows", "3,000 of 4,000", "About 10 seconds left.", "You can leave this page."):
        assert words in page
    assert 'hx-trigger="every 2s"' in page


def test_the_page_asks_for_its_part_again_until_the_job_has_ended(signed_in: SignIn, alice: User, job: Job) -> None:
    client = signed_in(alice)
    part = client.get(address(job), headers={"HX-Request": "true"}).content.decode().strip()
    assert part.startswith('<div class="job" id="job" hx-get=')
    runs.run(job.pk)
    part = client.get(address(job), headers={"HX-Request": "true"}).content.decode().strip()
    assert "hx-get" not in part
    assert "1 marks were made." in part


@pytest.mark.parametrize(("url", "is_shown"), [("/somewhere/", True), ("//evil.example.com/", False), ("", False)])
def test_a_result_is_linked_if_it_is_in_the_portal(
    signed_in: SignIn, alice: User, job: Job, url: str, is_shown: bool
) -> None:
    Job.objects.filter(pk=job.pk).update(state=State.DONE, finished_at=Now(), result={"url": url, "marks": 1})
    assert ("Open the result" in signed_in(alice).get(address(job)).content.decode()) is is_shown


def test_what_went_wrong_is_said_to_who_asked_and_never_as_an_empty_page(
    signed_in: SignIn, alice: User, job: Job
) -> None:
    client = signed_in(alice)
    Job.objects.filter(pk=job.pk).update(state=State.FAILED, finished_at=Now(), error="The file has no rows.")
    assert "The file has no rows." in client.get(address(job)).content.decode()
    Job.objects.filter(pk=job.pk).update(state=State.QUARANTINED, error="ZeroDivisionError: secret detail")
    page = client.get(address(job)).content.decode()
    assert "set aside" in page
    assert "secret detail" not in page


def test_only_who_asked_sees_or_cancels_the_job(
    signed_in: SignIn, alice: User, ann: User, bob: User, carol: User, job: Job
) -> None:
    for stranger in (ann, bob, carol):
        assert signed_in(stranger).get(address(job)).status_code == 404
        assert signed_in(stranger).post(f"{address(job)}cancel/").status_code == 404
    assert signed_in(alice).post(f"{address(job)}cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    assert "cancelled" in signed_in(alice).get(address(job)).content.decode()
