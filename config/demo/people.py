"""Who signs in: our people with their assignments, and the people of some dealers."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from config.demo import DOMAIN, PASSWORD
from config.demo.tables import rows
from core.database.context import acting
from core.database.roles import Role
from dealers.backends import attach_scope_to
from dealers.models import Assignment, Dealer, Person, Territory, User
from dealers.services import deputies

_SINCE = date(2020, 1, 1)


@cache
def _hashed() -> str:
    """The one password of all, hashed once: as strong a hash for each would take longer than all their accounts."""
    return make_password(PASSWORD)


def staff() -> dict[str, User]:
    """Our people by sign-in name, able to act."""
    hashed = _hashed()
    people: dict[str, User] = {}
    with acting(Role.ADMIN):
        places = {place.code: place for place in Territory.objects.all()}
        groups = {group.name: group for group in Group.objects.all()}
        for row in rows("people"):
            user = _account(row["login"], hashed, kind=User.Kind.STAFF, **_facts(row))
            for code in row["territory"].split(";"):
                node = None if code in {"", "WORLD"} else places[code]
                Assignment.objects.create(user=user, role=groups[row["role"]], node=node, starts_on=_SINCE)
            people[row["login"]] = user
    with acting(None):
        for user in people.values():
            attach_scope_to(user)
    return people


def executive(dealer: Dealer, row: dict[str, str]) -> User | None:
    """The dealer's head, where the table gives him a sign-in; and a member of his staff beside him."""
    if not row["executive_login"]:
        return None
    chinese = bool(dealer.name_zh)
    facts = {"language": "zh-hans" if chinese else "en", "time_zone": dealer.time_zone, "dealer": dealer}
    hashed = _hashed()
    with acting(Role.ADMIN):
        head = _account(
            row["executive_login"], hashed, kind=User.Kind.DEALER, name=row["executive"],
            title="总经理" if chinese else "Managing director", **facts,
        )  # fmt: skip
        head.groups.add(Group.objects.get(name="dealer_executive"))
        clerk = _account(
            f"office.{dealer.code.lower()}", hashed, kind=User.Kind.DEALER,
            name="徐梅" if chinese else "Front office", title="内勤" if chinese else "Clerk", **facts,
        )  # fmt: skip
        clerk.groups.add(Group.objects.get(name="dealer_staff"))
    with acting(None):
        attach_scope_to(head)
    return head


def stand_in(staff: dict[str, User], today: date) -> None:
    """The accountant is on leave and the controller pays for her; the director for Europe goes next month."""
    for who, deputy, starts, days in (("chen.jing", "peter.brandt", -2, 12), ("paul.keller", "mark.jansen", 24, 13)):
        by, first = staff[who], today + timedelta(days=starts)
        with acting(Role.STAFF, user_id=by.pk):
            pair = Person.objects.in_bulk([by.pk, staff[deputy].pk])
            deputies.name(
                pair[by.pk], deputy=pair[staff[deputy].pk], starts_on=first, ends_on=first + timedelta(days=days), by=by
            )


def _facts(row: dict[str, str]) -> dict[str, Any]:
    return {name: row[name] for name in ("name", "title", "language", "time_zone")}


def _account(login: str, hashed: str, **fields: Any) -> User:
    user = User(email=f"{login}@{DOMAIN}", password=hashed, **fields)
    user.save()
    return user


def executives() -> list[User]:
    """Those who act for a dealer, able to act."""
    with acting(None):
        heads = list(User.objects.filter(kind=User.Kind.DEALER, groups__name="dealer_executive"))
        for head in heads:
            attach_scope_to(head)
    return heads
