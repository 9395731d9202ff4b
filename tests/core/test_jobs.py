"""Jobs: asked for once, done once, whoever dies in between."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models.functions import Now

from core import jobs, runs
from core.database.context import acting
from core.database.roles import Role
from core.errors import Refused
from core.models import Job, Schedule
from core.runs import Run
from dealers.models import Dealer, User
from tests import factories
from tests.core import kinds

State = Job.State


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nothing happens in the middle of a job, unless the test says so."""
    kinds.during.clear()
    yield
    kinds.during.clear()


def marks() -> int:
    return Schedule.objects.filter(kind="mark").count()


def leave_behind(job: Job) -> None:
    """What a killed worker leaves: a claim whose lease runs out."""
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


def due_again(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(not_before=Now() - timedelta(seconds=1))


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


# ---- asking ----------------------------------------------------------------------------------
def test_the_same_job_asked_for_twice_is_one_job_and_runs_once(db: None) -> None:
    first = jobs.enqueue("suite.mark", key="July", payload={"mark": 1})
    second = jobs.enqueue("suite.mark", key="July", payload={"mark": 1})
    assert first == second
    runs.run(first.pk)
    runs.run(second.pk)
    assert marks() == 1
    assert fresh(first).state == State.DONE
    assert fresh(first).result == {"marks": 1}


def test_without_a_key_every_asking_is_a_job_of_its_own(db: None) -> None:
    assert jobs.enqueue("suite.mark") != jobs.enqueue("suite.mark")


def test_two_dealers_keys_do_not_meet(alice: User, bob: User) -> None:
    assert jobs.enqueue("suite.contacts", key="all", by=alice) != jobs.enqueue("suite.contacts", key="all", by=bob)


def test_a_job_exists_only_if_the_transaction_that_asked_for_it_does(db: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("suite.mark", key="never")
        raise RuntimeError
    assert not Job.objects.filter(kind="suite.mark").exists()


def test_a_job_for_nobodys_dealer_is_refused_at_once(carol: User) -> None:
    with pytest.raises(ValueError, match="for one dealer"):
        jobs.enqueue("suite.contacts", by=carol)


def test_a_dealers_person_asks_under_the_dealers_role_and_sees_the_own_job_only(alice: User, ann: User) -> None:
    with acting(Role.DEALER, dealer_id=alice.dealer_id, user_id=alice.pk):
        job = jobs.enqueue("suite.contacts", key="mine", by=alice)
        assert list(Job.objects.visible_to(alice)) == [job]
    with acting(Role.DEALER, dealer_id=ann.dealer_id, user_id=ann.pk):
        assert not Job.objects.exists()
        with pytest.raises(Refused, match="Somebody else"):
            jobs.enqueue("suite.contacts", key="mine", by=ann)


def test_a_dealers_session_cannot_ask_in_another_dealers_name(alice: User, southport: Dealer) -> None:
    as_alice = acting(Role.DEALER, dealer_id=alice.dealer_id, user_id=alice.pk)
    with pytest.raises(ProgrammingError, match="row-level security"), as_alice:
        Job.objects.create(kind="suite.contacts", key="x", tenant_id=southport.pk, requested_by_id=alice.pk)


# ---- in whose role ---------------------------------------------------------------------------
def test_work_for_one_dealer_reaches_that_dealers_rows_only(northgate: Dealer, southport: Dealer) -> None:
    factories.contact(northgate)
    factories.contact(southport)
    job = jobs.enqueue("suite.contacts", tenant=northgate.pk)
    runs.run(job.pk)
    assert fresh(job).result == {"dealers": ["Northgate"]}


def test_work_for_a_person_reaches_what_the_person_reaches(carol: User, northgate: Dealer, southport: Dealer) -> None:
    job = jobs.enqueue("suite.dealers", by=carol)
    runs.run(job.pk)
    assert fresh(job).result == {"dealers": ["Northgate"]}


def test_rights_are_asked_again_when_the_job_runs(carol: User, northgate: Dealer) -> None:
    job = jobs.enqueue("suite.dealers", by=carol)
    carol.assignments.all().delete()
    runs.run(job.pk)
    assert fresh(job).state == State.FAILED
    assert "withdrawn" in fresh(job).error


def test_rights_are_asked_again_before_the_next_step(carol: User, northgate: Dealer) -> None:
    kinds.during.append(lambda run: kinds.disable(carol))
    job = jobs.enqueue("suite.in_steps", by=carol)
    runs.run(job.pk)
    assert fresh(job).state == State.FAILED
    assert "no longer sign in" in fresh(job).error


# ---- what goes wrong -------------------------------------------------------------------------
def test_a_refusal_ends_the_job_with_its_words(db: None) -> None:
    job = jobs.enqueue("suite.refuse")
    runs.run(job.pk)
    assert (fresh(job).state, fresh(job).error) == (State.FAILED, "The file has no rows.")


def test_a_failure_keeps_nothing_is_tried_again_later_and_set_aside_after_three_attempts(db: None) -> None:
    job = jobs.enqueue("suite.fail")
    for attempt in (1, 2):
        runs.run(job.pk)
        runs.run(job.pk)  # not due yet: no attempt
        assert (fresh(job).state, fresh(job).attempts) == (State.WAITING, attempt)
        due_again(job)
    runs.run(job.pk)
    assert (fresh(job).state, fresh(job).attempts) == (State.QUARANTINED, 3)
    assert "a bug" in fresh(job).error
    assert not Schedule.objects.filter(name="never kept").exists()


def test_what_kills_its_worker_three_times_is_set_aside_and_others_go_on(db: None) -> None:
    poison, other = jobs.enqueue("suite.mark", key="poison"), jobs.enqueue("suite.mark", key="other")
    for _attempt in range(3):
        assert runs._claim(poison.pk) is not None
        leave_behind(poison)
    runs.run(poison.pk)
    runs.run(other.pk)
    assert fresh(poison).state == State.QUARANTINED
    assert fresh(other).state == State.DONE
    assert marks() == 1


def test_a_killed_workers_job_is_taken_over_when_its_lease_has_run_out(db: None) -> None:
    job = jobs.enqueue("suite.mark")
    assert runs._claim(job.pk) is not None
    runs.run(job.pk)
    assert fresh(job).state == State.RUNNING  # the lease holds: hands off
    leave_behind(job)
    runs.run(job.pk)
    assert fresh(job).state == State.DONE
    assert marks() == 1


def test_only_who_asked_can_cancel(alice: User, ann: User) -> None:
    job = jobs.enqueue("suite.mark", by=alice)
    with pytest.raises(Refused, match="Only the person"):
        jobs.cancel(job, by=ann)


def test_what_was_set_aside_can_be_tried_again(db: None) -> None:
    job = jobs.enqueue("suite.refuse")
    runs.run(job.pk)
    jobs.retry(job)
    assert (fresh(job).state, fresh(job).attempts, fresh(job).error) == (State.WAITING, 0, "")
    with pytest.raises(Refused):
        jobs.retry(job)


def test_a_kind_this_release_does_not_know_waits_for_one_that_does(db: None) -> None:
    job = Job.objects.create(kind="suite.of_tomorrow", key="x")
    runs.run(job.pk)
    assert fresh(job).state == State.WAITING


# ---- two at once -----------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_each_job_once() -> None:
    asked = [jobs.enqueue("suite.mark", payload={"mark": number}) for number in range(6)]
    together = threading.Barrier(2)

    def work() -> None:
        try:
            for job in asked:
                together.wait(5)
                runs.run(job.pk)
        finally:
            connection.close()

    _side_by_side(work, work)
    assert marks() == len(asked)
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_job_to_another_leaves_nothing() -> None:
    def another_takes_over(run: Run) -> None:
        kinds.during.clear()
        leave_behind(run.job)
        runs.run(run.job.pk)

    kinds.during.append(lambda run: in_own_thread(lambda: another_takes_over(run)))
    job = jobs.enqueue("suite.mark")
    runs.run(job.pk)
    assert (marks(), fresh(job).state, fresh(job).attempts) == (1, State.DONE, 2)


@pytest.mark.django_db(transaction=True)
def test_a_job_cancelled_in_the_middle_leaves_nothing(alice: User) -> None:
    job = jobs.enqueue("suite.mark", by=alice)
    kinds.during.append(lambda run: in_own_thread(lambda: jobs.cancel(run.job, by=alice)))
    runs.run(job.pk)
    runs.run(job.pk)
    assert (marks(), fresh(job).state) == (0, State.CANCELLED)


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_work_is_open_and_the_lease_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PULSE", 0.05)
    seen: list[tuple[str, int, int, int]] = []

    def look(run: Run) -> None:
        run.progress(3, 10, "Counting")
        in_own_thread(lambda: _wait_until(lambda: fresh(run.job).done == 3))
        in_own_thread(lambda: seen.append((fresh(run.job).stage, fresh(run.job).done, fresh(run.job).total, marks())))

    kinds.during.append(look)
    job = jobs.enqueue("suite.mark")
    runs.run(job.pk)
    assert seen == [("Counting", 3, 10, 0)]  # how far it is can be seen, what it did cannot
    assert (fresh(job).state, marks()) == (State.DONE, 1)


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_job_is_stopped_at_its_next_sign_of_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PULSE", 0.05)
    reached: list[int] = []

    def long_work(run: Run) -> None:
        in_own_thread(lambda: Job.objects.update(state=State.CANCELLED, finished_at=Now()))
        for number in range(200):
            reached.append(number)
            run.progress(number, 200)
            threading.Event().wait(0.02)

    kinds.during.append(long_work)
    runs.run(jobs.enqueue("suite.mark").pk)
    assert len(reached) < 200
    assert marks() == 0


def in_own_thread(work: Callable[[], object]) -> None:
    """On another connection, as another process would look."""

    def isolated() -> None:
        try:
            work()
        finally:
            connection.close()

    _side_by_side(isolated)


def _side_by_side(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def _wait_until(true: Callable[[], bool]) -> None:
    for _try in range(100):
        if true():
            return
        threading.Event().wait(0.05)
    raise AssertionError("It did not happen")
