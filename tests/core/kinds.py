"""Kinds of job that only the suite has: work whose effects can be counted."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import Refused
from core.ids import new_public_id
from core.jobs import RunsAs, job
from core.models import Schedule
from core.runs import Run
from dealers.models import Contact, Dealer, User

during: list[Callable[[Run], None]] = []  # what happens to a job in the middle of its work


def _meanwhile(run: Run) -> None:
    for happens in during:
        happens(run)


@job("suite.mark", title="Mark", done_text="%(marks)s marks were made.")
def mark(run: Run) -> dict[str, Any]:
    """Leaves one row for each time it is carried out to the end."""
    Schedule.objects.create(name=f"mark {new_public_id()}", kind="mark", every="day")
    _meanwhile(run)
    return {"marks": 1}


@job("suite.slow", title="Slow")
def slow(run: Run) -> dict[str, Any]:
    """The first attempt says which process it is in and takes longer than anybody waits; the next one is quick."""
    Schedule.objects.create(name=f"mark {new_public_id()}", kind="mark", every="day")
    run.progress(1, 2, "Halfway")
    sign = Path(run.payload["sign"])
    if not sign.exists():
        sign.write_text(str(os.getpid()))
        time.sleep(120)
    return {"marks": 1}


@job("suite.refuse", title="Refuse")
def refuse(run: Run) -> None:
    raise Refused("The file has no rows.")


@job("suite.fail", title="Fail")
def fail(run: Run) -> None:
    Schedule.objects.create(name="never kept", kind="mark", every="day")
    raise ZeroDivisionError("a bug")


@job("suite.contacts", title="Contacts", runs_as=RunsAs.TENANT)
def contacts(run: Run) -> dict[str, Any]:
    """What a job for one dealer can reach, without any filter of its own."""
    return {"dealers": sorted(Contact.objects.values_list("dealer__name", flat=True))}


@job("suite.dealers", title="Dealers", runs_as=RunsAs.PERSON, permission="dealers.view_dealer")
def dealers(run: Run) -> dict[str, Any]:
    return {"dealers": sorted(Dealer.objects.visible_to(run.by).values_list("name", flat=True))}


@job("suite.in_steps", title="In steps", runs_as=RunsAs.PERSON, permission="dealers.view_dealer", atomic=False)
def in_steps(run: Run) -> dict[str, Any]:
    with run.step("First"):
        seen = Dealer.objects.visible_to(run.by).count()
    _meanwhile(run)
    with run.step("Second"):
        seen += Dealer.objects.visible_to(run.by).count()
    return {"seen": seen}


def disable(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
