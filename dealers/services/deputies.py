"""Naming a deputy, and taking that back. Whoever stands in holds an equal or wider right, and reaches as far."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access, formatting
from core.database.locks import hold
from core.errors import NotYours, Refused
from dealers import events
from dealers.backends import scopes_of_staff
from dealers.deputies import reaches_as_far
from dealers.models import Deputy, Person, User
from dealers.roles import ABOVE, DECIDING, TITLES
from dealers.scope import Scope


class Overlaps(Refused):
    """Somebody stands in on some of these days already."""


@transaction.atomic
def name(person: Person, *, deputy: Person, starts_on: date, ends_on: date, by: User) -> Deputy:
    """Have `deputy` decide and sign for `person` from one of his days to another, both included."""
    _may(person, by)
    hold(f"deputy of {person.pk}")
    if ends_on < starts_on:
        raise Refused(_("The last day cannot lie before the first."))
    starts_at, ends_at = moments(person, starts_on, ends_on)
    if ends_at <= timezone.now():
        raise Refused(_("These days are over. Choose days that are still to come."))
    _refuse_the_narrow(person, deputy)
    standing = access.rows_of(Deputy).filter(person=person.pk, withdrawn_at__isnull=True)
    other = standing.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).select_related("deputy").first()
    if other is not None:
        raise Overlaps(
            _("%(deputy)s stands in from %(start)s to %(end)s already. Take that back first, or choose other days.")
            % {"deputy": other.deputy, "start": formatting.day(other.starts_on), "end": formatting.day(other.ends_on)}
        )
    made = Deputy.objects.create(
        person_id=person.pk, deputy_id=deputy.pk, starts_on=starts_on, ends_on=ends_on, zone=person.time_zone,
        starts_at=starts_at, ends_at=ends_at, named_by_id=by.pk,
    )  # fmt: skip
    _tell("deputy.named", made, by)
    return made


@transaction.atomic
def withdraw(deputy: Deputy, *, by: User) -> Deputy:
    """It ends now: by who is represented, by who stands in, or by an administrator."""
    deputy = access.lock(deputy)
    if by.pk not in {deputy.person_id, deputy.deputy_id} and not by.has_perm("dealers.administer"):
        raise NotYours(_("Only the two people and an administrator can take this back."))
    if deputy.withdrawn_at is not None or deputy.ends_at <= timezone.now():
        raise Refused(_("This is over already."))
    deputy.withdrawn_at, deputy.withdrawn_by_id = timezone.now(), by.pk
    deputy.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _tell("deputy.withdrawn", deputy, by)
    return deputy


def moments(person: Person, starts_on: date, ends_on: date) -> tuple[datetime, datetime]:
    """From the midnight that begins the first day to the one that ends the last, by the person's clock."""
    zone = ZoneInfo(person.time_zone)
    days = (starts_on, ends_on + timedelta(days=1))
    start, end = (datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) for day in days)
    return start, end


def decides(rights: Collection[str]) -> list[str]:
    """Those of some rights that decide or sign."""
    return [one.right for one in DECIDING if one.right in rights]


def titles_of(person: Person) -> str:
    """What would be lent, in the reader's words."""
    found = scopes_of_staff().get(person.pk)
    return formatting.listed(TITLES[right] for right in decides(found.rights)) if found else ""


def who_decide() -> list[Person]:
    """Our active people who hold a right to decide or to sign."""
    able = [pk for pk, scope in scopes_of_staff().items() if decides(scope.rights)]
    return list(access.rows_of(Person).filter(pk__in=able).order_by("name"))


def candidates(person: Person) -> list[int]:
    """The accounts of those who could stand in: our active people with an equal or wider right and reach."""
    scopes = scopes_of_staff()
    wanted = scopes.pop(person.pk, None)
    return [pk for pk, scope in scopes.items() if not _lacks(scope, wanted)] if wanted else []


def _lacks(scope: Scope, person: Scope) -> str:
    """What is missing for standing in; empty where nothing is."""
    if any(right not in scope.rights and ABOVE[right] not in scope.rights for right in decides(person.rights)):
        return "right"
    return "" if reaches_as_far(scope.reaches, person.reaches) else "reach"


def _refuse_the_narrow(person: Person, deputy: Person) -> None:
    if person.pk == deputy.pk:
        raise Refused(_("Nobody stands in for himself."))
    scopes = scopes_of_staff()
    represented, standing = scopes.get(person.pk), scopes.get(deputy.pk)
    if represented is None or not decides(represented.rights):
        raise Refused(_("%(person)s decides and signs nothing, so nobody has to stand in.") % {"person": person})
    if standing is None:
        raise Refused(_("%(person)s cannot stand in. Choose one of our active people.") % {"person": deputy})
    match _lacks(standing, represented):
        case "right":
            raise Refused(
                _("%(person)s may decide less. A deputy holds the same rights, or those above them.")
                % {"person": deputy}
            )
        case "reach":
            raise Refused(
                _("%(person)s looks after less. A deputy looks after the same places and lines, or more.")
                % {"person": deputy}
            )


def _may(person: Person, by: User) -> None:
    if by.pk != person.pk and not by.has_perm("dealers.administer"):
        raise NotYours(_("A deputy is named by the person himself, or by an administrator."))


def _tell(kind: str, deputy: Deputy, by: User) -> None:
    people = access.rows_of(Person).in_bulk([deputy.person_id, deputy.deputy_id])
    facts = {"start": f"{deputy.starts_on}", "end": f"{deputy.ends_on}"}
    names = {"person": people[deputy.person_id].name, "deputy": people[deputy.deputy_id].name}
    told = [one for one in people.values() if one.pk != by.pk]
    events.record(kind, deputy, by=by, data=facts, personal=names, label="", notify=told)
