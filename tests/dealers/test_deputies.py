"""Deputies: who may stand in, from when until when, and what two pairs of eyes mean for a pair."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as some

from communications.models import Reminder
from communications.services import reminders
from core.database.context import acting
from core.database.roles import Role
from core.errors import NotYours, Refused
from dealers.models import Approval, Dealer, Delivery, Deputy, Event, Person, Territory, User
from dealers.services import approvals, bank_accounts, deputies
from tests import factories
from tests.dealers.test_approvals import ACCOUNT, REASON, SignIn
from tests.racing import at_once_while

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def fay(north: Territory) -> User:
    return factories.person("Fay", "finance", node=north)


@pytest.fixture
def flo(world: Territory) -> User:
    """Finance everywhere."""
    return factories.person("Flo", "finance")


@pytest.fixture
def approval(northgate: Dealer, alice: User, fay: User) -> Approval:
    return asked(northgate, alice)


def asked(dealer: Dealer, by: User) -> Approval:
    account = bank_accounts.propose(dealer, by=by, reason=REASON, **ACCOUNT)
    return Approval.objects.get(subject_type="dealers.bankaccount", subject_id=account.pk)


def person(user: User) -> Person:
    return Person.objects.get(pk=user.pk)


def named(for_whom: User, deputy: User, *, by: User | None = None, starts: int = 0, days: int = 7) -> Deputy:
    today = datetime.now(ZoneInfo(for_whom.time_zone)).date()
    return deputies.name(
        person(for_whom), deputy=person(deputy), starts_on=today + starts * DAY, ends_on=today + (starts + days) * DAY,
        by=by or for_whom,
    )  # fmt: skip


def fresh(user: User) -> User:
    """As the next request loads him."""
    return User.objects.get(pk=user.pk)


# ---- who may stand in -----------------------------------------------------------------------------
def test_who_holds_the_right_and_reaches_as_far_or_further_may_stand_in(
    fay: User, flo: User, carol: User, south: Territory, rita: User, dave: User
) -> None:
    factories.person("Finn", "finance", node=south)
    assert deputies.candidates(person(fay)) == [flo.pk]
    assert deputies.candidates(person(flo)) == []
    assert deputies.candidates(person(rita)) == [dave.pk]  # the right above
    assert deputies.candidates(person(carol)) != []  # she decides nothing: nothing is lacking, and the verb refuses
    with pytest.raises(Refused, match="decides and signs nothing"):
        named(carol, dave)


@pytest.fixture
def rita(north: Territory) -> User:
    return factories.person("Rita", "regional_director", node=north)


@pytest.mark.parametrize(("who", "words"), [
    ("carol", "may decide less"), ("finn", "looks after less"), ("fay", "stands in for himself"),
    ("alice", "cannot stand in"),
])  # fmt: skip
def test_nobody_stands_in_with_less(
    fay: User, carol: User, alice: User, south: Territory, who: str, words: str
) -> None:
    finn = factories.person("Finn", "finance", node=south)
    people = {"carol": carol, "finn": finn, "fay": fay, "alice": alice}
    with pytest.raises(Refused, match=words):
        named(fay, people[who])


def test_the_person_or_an_administrator_names_a_deputy_and_both_are_told(fay: User, flo: User, erin: User) -> None:
    with pytest.raises(NotYours):
        named(fay, flo, by=flo)
    made = named(fay, flo, by=erin)
    told = Delivery.objects.filter(event__kind="deputy.named", channel="bell")
    assert set(told.values_list("recipient", flat=True)) == {fay.pk, flo.pk}
    deputies.withdraw(made, by=flo)
    with pytest.raises(Refused, match="over already"):
        deputies.withdraw(made, by=fay)


def test_one_deputy_at_a_time(fay: User, flo: User, erin: User) -> None:
    other = factories.person("Fran", "finance")
    first = named(fay, flo, days=3)
    with pytest.raises(deputies.Overlaps):
        named(fay, other, starts=3)
    named(fay, other, starts=4)
    deputies.withdraw(first, by=fay)
    named(fay, other, days=2)
    with pytest.raises(Refused, match="over"):
        named(fay, flo, starts=-9, days=3)
    with pytest.raises(Refused, match="before the first"):
        named(fay, flo, starts=20, days=-1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_name_a_deputy_at_once_one_is_told(fay: User, flo: User, erin: User) -> None:
    from core.database.locks import hold

    outcomes = at_once_while(
        lambda: hold(f"deputy of {fay.pk}"), lambda: named(fay, flo), lambda: named(fay, flo, by=erin)
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Deputy", "Overlaps"]


def test_the_database_refuses_two_deputies_on_one_day(fay: User, flo: User) -> None:
    made = named(fay, flo)
    made.pk, made.public_id = None, "another"
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        made.save(force_insert=True)


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=some.sampled_from(
        ["Pacific/Kiritimati", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Santiago", "Africa/Cairo",
         "Australia/Lord_Howe", "Pacific/Pago_Pago"]
    ),
    first=some.dates(date(2026, 1, 1), date(2030, 12, 31)), days=some.integers(0, 40),
)  # fmt: skip
def test_the_days_are_the_represented_persons_own(zone: str, first: date, days: int) -> None:
    """Across the change of the clocks, also where midnight is skipped: each minute of his days, and none before or
    after."""
    who = Person(time_zone=zone)
    start, end = deputies.moments(who, first, first + days * DAY)
    here = ZoneInfo(zone)
    minute = timedelta(minutes=1)
    inside = (start.astimezone(here).date(), (end.astimezone(UTC) - minute).astimezone(here).date())
    assert inside == (first, first + days * DAY)
    assert (start - minute).astimezone(here).date() < first
    assert end.astimezone(here).date() > first + days * DAY


# ---- what a deputy does ---------------------------------------------------------------------------
def test_a_deputy_decides_and_both_names_are_kept(approval: Approval, fay: User, flo: User, signed_in: SignIn) -> None:
    named(fay, flo)
    page = signed_in(flo).get("/").content.decode()
    assert "You stand in for Fay." in page
    assert "You stand in for Fay." in signed_in(flo).get("/approvals/").content.decode()
    approvals.approve(approval, by=fresh(flo), reason=REASON)
    approval.refresh_from_db()
    assert (approval.decided_by_id, approval.decided_for_id) == (flo.pk, fay.pk)
    event = Event.objects.get(kind="approval.approved")
    assert (event.actor_id, event.on_behalf_of_id) == (flo.pk, fay.pk)
    assert event.deliveries.filter(recipient=fay.pk, channel="bell").exists()
    assert "Flo for Fay" in signed_in(flo).get(f"/approvals/{approval.public_id}/").content.decode()
    timeline = signed_in(flo).get(f"{approval.dealer.get_absolute_url()}timeline/")  # type: ignore[union-attr]
    assert "Flo for Fay" in timeline.content.decode()


def test_a_deputy_is_told_of_what_is_asked_for_while_he_stands_in(
    fay: User, flo: User, northgate: Dealer, alice: User
) -> None:
    wide = factories.person("Frida", "finance", node=northgate.home)
    named(wide, flo)
    approval = asked(northgate, alice)
    told = Delivery.objects.filter(event__subject_id=approval.pk, event__kind="approval.requested", channel="bell")
    assert sorted(told.values_list("recipient", flat=True)) == sorted([fay.pk, flo.pk, wide.pk])


@pytest.mark.parametrize("over", ["tomorrow", "taken back", "left"])
def test_before_and_after_a_deputy_acts_for_himself(approval: Approval, fay: User, flo: User, over: str) -> None:
    made = named(fay, flo)
    match over:
        case "tomorrow":
            Deputy.objects.filter(pk=made.pk).update(starts_at=Now() + timedelta(minutes=1))
        case "taken back":
            deputies.withdraw(made, by=fay)
        case "left":
            User.objects.filter(pk=fay.pk).update(is_active=False)
    approvals.approve(approval, by=fresh(flo), reason=REASON)
    approval.refresh_from_db()
    assert (approval.decided_by_id, approval.decided_for_id) == (flo.pk, None)


def test_what_a_person_submitted_is_not_decided_for_him(northgate: Dealer, fay: User, flo: User) -> None:
    named(fay, flo)
    approval = asked(northgate, fay)
    approvals.approve(approval, by=fresh(flo), reason=REASON)  # in his own right
    approval.refresh_from_db()
    assert approval.decided_for_id is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(decided_for=fay.pk)


def test_a_deputy_does_not_decide_what_he_submitted_himself(northgate: Dealer, fay: User, flo: User) -> None:
    named(fay, flo)
    approval = asked(northgate, flo)
    with pytest.raises(approvals.OwnSubmission):
        approvals.approve(approval, by=fresh(flo), reason=REASON)
    approvals.approve(approval, by=fay, reason=REASON)


# ---- the page -------------------------------------------------------------------------------------
def test_one_names_a_deputy_on_a_page_of_the_own_account_and_ends_it(fay: User, flo: User, signed_in: SignIn) -> None:
    client = signed_in(fay)
    assert "/people/deputies/" in client.get("/accounts/preferences/").content.decode()
    today = timezone.localdate()
    typed = {"deputy": flo.pk, "starts_on": f"{today}", "ends_on": f"{today + 7 * DAY}"}
    assert client.post("/people/deputies/", typed).status_code == 302
    page = client.get("/people/deputies/").content.decode()
    assert "Flo for Fay" in page
    assert client.post("/people/deputies/", typed).status_code == 422
    made = Deputy.objects.get()
    assert (
        signed_in(factories.person("Gus", "finance")).post(f"/people/deputies/{made.public_id}/end/").status_code == 403
    )
    assert client.post(f"/people/deputies/{made.public_id}/end/").status_code == 302
    assert not Deputy.objects.in_force().exists()


def test_an_administrator_names_a_deputy_for_somebody_and_others_do_not(
    fay: User, flo: User, erin: User, carol: User, signed_in: SignIn
) -> None:
    address = f"/people/deputies/?for={person(fay).public_id}"
    assert address in signed_in(erin).get("/people/deputies/").content.decode()
    today = timezone.localdate()
    typed = {"deputy": flo.pk, "starts_on": f"{today}", "ends_on": f"{today}"}
    assert signed_in(erin).post(address, typed).status_code == 302
    assert Deputy.objects.get().named_by_id == erin.pk
    assert signed_in(carol).get(address).status_code == 404
    assert signed_in(carol).post("/people/deputies/", typed).status_code == 403


def test_a_dealers_people_know_of_no_deputies(alice: User, signed_in: SignIn) -> None:
    assert "/people/deputies/" not in signed_in(alice).get("/accounts/preferences/").content.decode()
    assert signed_in(alice).get("/people/deputies/").status_code == 404


# ---- what waits too long --------------------------------------------------------------------------
def sweep(now: datetime) -> None:
    system = User.objects.system()
    with acting(Role.JOBS):
        reminders.sweep(now=now)
        while reminders.tell(by=system):
            pass


def escalated() -> list[int]:
    return list(
        Reminder.objects.filter(rule="reminder.decision_waits").order_by("pk").values_list("person_id", flat=True)
    )


def test_a_decision_that_waits_too_long_goes_one_up_once(approval: Approval, fay: User, dave: User, settings) -> None:
    on = approval.escalates_on
    assert on is not None and on > approval.due_on  # type: ignore[operator]
    morning = datetime(on.year, on.month, on.day, 8, tzinfo=UTC)
    sweep(morning - timedelta(seconds=1))
    assert escalated() == []
    for late in (timedelta(0), timedelta(minutes=15), DAY):
        sweep(morning + late)
    assert escalated() == [dave.pk]
    told = Delivery.objects.filter(event__kind="reminder.decision_waits")
    assert set(told.values_list("recipient", "channel")) == {(dave.pk, "bell"), (dave.pk, "email")}


def test_what_was_decided_goes_nowhere(approval: Approval, fay: User, dave: User) -> None:
    approvals.approve(approval, by=fay, reason=REASON)
    sweep(timezone.now() + 9 * DAY)
    assert escalated() == []


def test_where_nobody_stands_above_those_beside_are_told(approval: Approval, fay: User, alice: User) -> None:
    sweep(timezone.now() + 9 * DAY)
    assert escalated() == [fay.pk]
