"""A million overdue promises swept by one statement a rule, beside a loop of get_or_create over the same candidates.

The loop is what one writes first: read who is due, ask for each whether it was told, else note it. It is measured on a
sample, both where nothing is noted yet and where everything is; its pace does not depend on how many there are. Beside
it the sweep that every quarter of an hour repeats, which finds nothing new.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from benchmarks import Figure, benchmark

DEALERS, EACH = 2_000, 500  # promises of a dealer: 1,000,000 in all, each to one person
SAMPLE = 3_000
ROUNDS = 3
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CANDIDATES = DEALERS * EACH


@benchmark
def against_get_or_create() -> Iterator[Figure]:
    from core.database.logins import as_owner

    with as_owner():
        _build()
    first, again, loop, known = [], [], [], []
    for _round in range(ROUNDS):
        with as_owner():
            _run("truncate communications_reminder", "checkpoint")
            loop.append(SAMPLE / _loop())
            known.append(SAMPLE / _loop())
            _run("truncate communications_reminder", "checkpoint")
        first.append(CANDIDATES / _sweep(CANDIDATES))
        with as_owner():
            _run("vacuum analyze communications_reminder")
        again.append(CANDIDATES / _sweep(0))
    yield Figure(
        "reminders.new candidates a second, beside get_or_create", median(first), "candidates/s", peer=median(loop),
        goal=100, more_is_better=True,
    )  # fmt: skip
    yield Figure(
        "reminders.known candidates a second, beside get_or_create", median(again), "candidates/s", peer=median(known),
        goal=100, more_is_better=True,
    )  # fmt: skip


def _sweep(new: int) -> float:
    """Seconds of the verb, over the rules of all rooms."""
    from communications.services import reminders
    from core.database.context import acting
    from core.database.roles import Role

    started = time.monotonic()
    with acting(Role.JOBS):
        noted = reminders.sweep(now=NOW)
    seconds = time.monotonic() - started
    assert noted == new, noted
    return seconds


def _loop() -> float:
    """Seconds for the sample. It skips what the sweep has to do as well: whose morning it is."""
    from django.db import transaction

    from communications.models import ActionItem, Reminder

    due = ActionItem.objects.filter(state="open", published_at__isnull=False, due_on__lt=NOW.date())
    started = time.monotonic()
    with transaction.atomic():
        for item in due.order_by("pk")[:SAMPLE]:
            Reminder.objects.get_or_create(
                rule="reminder.action_overdue", subject_id=item.pk, occasion=f"{item.due_on}", person_id=item.owner_id,
                defaults={"dealer_id": item.dealer_id, "at": NOW},
            )  # fmt: skip
    return time.monotonic() - started


def _build() -> None:
    from dealers.models import Dealer, Person, Territory, User
    from dealers.services import trees

    world = trees.plant(Territory(code="WORLD", name="World"))
    User.objects.bulk_create(
        User(email=f"owner{number}@example.com", name=f"Owner {number}", kind="staff", time_zone=zone)
        for number, zone in enumerate(("Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC"))
    )
    owners = list(Person.objects.filter(kind="staff").values_list("pk", flat=True))
    Dealer.objects.bulk_create(
        Dealer(code=f"D{number:05}", name=f"Dealer {number}", home=world, currency="CNY", status="active")
        for number in range(DEALERS)
    )
    table = "communications_actionitem"
    _run(
        f"alter table {table} disable trigger user",
        f"""
        insert into {table} (public_id, dealer_id, what, owner_id, side, first_due_on, due_on, moved_reason, state,
                             closing_note, made_by_id, published_at, claim, contested_reason, said_where)
        select left(md5(random()::text || d.id || n), 16), d.id, 'Send the floor plan',
               (array{owners})[1 + n % {len(owners)}], 'us', date '2026-05-01' - n % 300, date '2026-05-01' - n % 300,
               '', 'open', '', {owners[0]}, timestamptz '2026-01-01', '', '', ''
        from dealers_dealer d, generate_series(1, {EACH}) n
        """,
        f"alter table {table} enable trigger user",
        f"vacuum analyze {table}",
        "analyze dealers_user, dealers_dealer",
    )


def _run(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
