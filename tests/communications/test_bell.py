"""The bell: what I was told, and nobody else's notices."""

from collections.abc import Callable

from django.test import Client

from communications.models import NoticePreference
from communications.services import notices
from core.models import Job
from dealers.models import Delivery, Event, User

type Tell = Callable[..., Event]
type SignIn = Callable[[User], Client]


def notice_of(user: User) -> Delivery:
    return Delivery.objects.get(recipient_id=user.pk, channel="bell")


def test_the_bell_shows_my_notices_newest_first(signed_in: SignIn, tell: Tell, carol: User) -> None:
    tell(carol, reason="First reason.")
    tell(carol, kind="suite.rung")
    page = signed_in(carol).get("/notices/").content.decode()
    said = ["Dave looked at Northgate", "Dave decided on Northgate", "First reason."]
    assert sorted(said, key=page.index) == said


def test_a_notice_is_there_before_any_worker_has_come_by(signed_in: SignIn, tell: Tell, alice: User) -> None:
    tell(alice)
    assert Delivery.objects.filter(state="waiting").count() == 2
    assert "Dave decided on Northgate" in signed_in(alice).get("/notices/").content.decode()


def test_nobody_sees_opens_or_marks_another_persons_notice(
    signed_in: SignIn, tell: Tell, alice: User, ann: User, bob: User
) -> None:
    tell(alice)
    address = f"/notices/{notice_of(alice).public_id}/"
    for stranger in (ann, bob):
        client = signed_in(stranger)
        assert "decided on" not in client.get("/notices/").content.decode()
        assert client.get(address).status_code == 404
        assert client.get(f"/notices/?before={notice_of(alice).public_id}").status_code == 404
        client.post("/notices/read/")
    assert notice_of(alice).read_at is None


def test_opening_a_notice_marks_it_read_and_leads_to_what_it_tells_of(
    signed_in: SignIn, tell: Tell, carol: User
) -> None:
    event = tell(carol)
    answer = signed_in(carol).get(f"/notices/{notice_of(carol).public_id}/")
    assert answer.status_code == 302
    assert event.subject_public_id in answer.url or answer.url == "/notices/"  # type: ignore[attr-defined]
    assert notice_of(carol).read_at is not None


def test_all_notices_are_marked_read_at_once_and_the_page_answers_with_the_list_alone(
    signed_in: SignIn, tell: Tell, carol: User
) -> None:
    tell(carol)
    tell(carol)
    client = signed_in(carol)
    answer = client.post("/notices/read/", headers={"HX-Request": "true"}, follow=True)
    assert not Delivery.objects.filter(channel="bell", read_at=None).exists()
    assert answer.content.decode().strip().startswith('<div id="notices">')


def test_the_pip_counts_what_i_have_not_read(signed_in: SignIn, tell: Tell, carol: User) -> None:
    tell(carol)
    client = signed_in(carol)
    assert "Notifications, 1 unread" in client.get("/notices/").content.decode()
    client.post("/notices/read/")
    assert "unread" not in client.get("/notices/preferences/").content.decode()


def test_notices_of_a_dealer_out_of_reach_are_gone(signed_in: SignIn, tell: Tell, carol: User) -> None:
    tell(carol)
    carol.assignments.all().delete()
    client = signed_in(carol)
    assert "decided on" not in client.get("/notices/").content.decode()
    assert client.get(f"/notices/{notice_of(carol).public_id}/").status_code == 404


def test_the_bell_pages_by_key(signed_in: SignIn, tell: Tell, carol: User) -> None:
    for _time in range(32):
        tell(carol)
    client = signed_in(carol)
    page = client.get("/notices/")
    assert page.content.decode().count("decided on") == 30
    older = client.get(page.context["older_url"]).content.decode()
    assert older.count("decided on") == 2


def test_the_bell_costs_the_same_however_long(
    signed_in: SignIn, tell: Tell, carol: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for _time in range(25):
        tell(carol)
    client = signed_in(carol)
    with django_assert_max_num_queries(15):  # type: ignore[attr-defined]
        client.get("/notices/")


def test_a_choice_is_kept_shown_and_only_what_differs_is_stored(signed_in: SignIn, carol: User) -> None:
    client = signed_in(carol)
    client.post("/notices/preferences/", {"wanted": ["suite.told bell", "suite.rung bell", "suite.rung email"]})
    stored = NoticePreference.objects.filter(kind__startswith="suite.").values_list("kind", "channel", "is_wanted")
    assert set(stored) == {("suite.told", "email", False), ("suite.rung", "email", True)}
    page = client.get("/notices/preferences/").content.decode()
    assert 'value="suite.rung email" checked' in page
    assert 'value="suite.told email" checked' not in page


def test_a_choice_touches_nobody_elses(signed_in: SignIn, alice: User, ann: User) -> None:
    notices.choose([], by=ann)
    before = NoticePreference.objects.filter(person_id=ann.pk).count()
    signed_in(alice).post("/notices/preferences/", {"wanted": []})
    assert NoticePreference.objects.filter(person_id=ann.pk).count() == before > 0


def test_dealers_choose_nothing_about_our_internal_events(alice: User) -> None:
    assert all(kind.visibility != "internal" for kind in notices.kinds_for(alice))


# ---- what failed -----------------------------------------------------------------------------
def test_what_failed_is_seen_and_sent_again_by_who_may(signed_in: SignIn, tell: Tell, carol: User, erin: User) -> None:
    tell(carol)
    failed = Delivery.objects.get(channel="email")
    Delivery.objects.filter(pk=failed.pk).update(state="failed", last_error="550 no such person", attempts=4)
    page = signed_in(erin).get("/notices/failed/").content.decode()
    assert "550 no such person" in page
    assert "Northgate" not in page  # whoever looks after the machinery need not know the dealers
    signed_in(erin).post(f"/notices/failed/{failed.public_id}/send/")
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("waiting", 0)


def test_others_do_not_see_what_failed(signed_in: SignIn, tell: Tell, carol: User, alice: User) -> None:
    tell(carol)
    failed = Delivery.objects.get(channel="email")
    Delivery.objects.filter(pk=failed.pk).update(state="failed", last_error="x")
    assert signed_in(carol).get("/notices/failed/").status_code == 403
    assert signed_in(alice).get("/notices/failed/").status_code == 404
    assert signed_in(carol).post(f"/notices/failed/{failed.public_id}/send/").status_code == 403


def test_a_job_that_was_set_aside_can_be_tried_again(signed_in: SignIn, erin: User) -> None:
    job = Job.objects.create(
        kind="core.tidy", key="x", state="quarantined", error="ZeroDivisionError", finished_at="2026-01-01T00:00Z"
    )
    client = signed_in(erin)
    assert "ZeroDivisionError" in client.get("/notices/failed/").content.decode()
    client.post(f"/notices/failed/jobs/{job.public_id}/retry/")
    job.refresh_from_db()
    assert job.state == "waiting"
