"""Who is asking: the account with everything a request needs to know of it, in one query."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from threading import get_ident
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Concat, JSONObject
from django.utils import timezone

from core.database.prepared import OneByKey
from dealers.models import Assignment, Deputy, User
from dealers.roles import ABOVE
from dealers.scope import Reach, Scope, Standing


class ActorBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's sign-in by e-mail or mobile number; rights come from groups and from nowhere else."""

    def get_user(self, user_id: int) -> User | None:
        user = _actor(user_id)
        return attach_scope(user) if user and user.is_active else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active or obj is not None:
            return False
        return perm in scope_of(user_obj).rights

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set(scope_of(user_obj).rights) if user_obj.is_active and obj is None else set()

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(right.startswith(f"{app_label}.") for right in self.get_all_permissions(user_obj))


@lru_cache(maxsize=2)  # every request asks it
def _by_key(today: date) -> OneByKey[User]:
    return OneByKey(_actors(today, get_ident()))


def _actor(pk: int) -> Any:
    """`actors().filter(pk=pk).first()`, put together for the first one of the day."""
    return _by_key(timezone.now().date()).get(pk)


def actors() -> Any:
    """Accounts with rights, reach and second factor read beside them, as of today."""
    return _actors(timezone.now().date(), get_ident()).all()


@lru_cache(maxsize=64)  # putting the query together costs as much as asking it, and every request asks it
def _actors(today: date, _thread: int) -> Any:
    """The query of a day, one for each thread: the inner queries are not copied with it, and turning them into SQL
    joins and leaves tables in them. Two threads at it would take each other's tables away.

    A dealer's people have their role by group; staff have it by an assignment in force, so that right and reach end
    on the same day. An assignment reaches dealers only where its role may see them: an administrator need not.
    """
    assigned = Assignment.objects.in_force(on=today)
    groups = Group.objects.filter(
        Q(user=OuterRef(OuterRef("pk")))
        | Q(pk__in=assigned.filter(user=OuterRef(OuterRef(OuterRef("pk")))).values("role"))
    )
    right = Concat("content_type__app_label", Value("."), "codename", output_field=TextField())
    rights = Permission.objects.filter(group__in=groups).annotate(right=right)
    own_groups = Group.objects.filter(
        Q(user=OuterRef("pk")) | Q(pk__in=assigned.filter(user=OuterRef(OuterRef("pk"))).values("role"))
    )
    lent = Permission.objects.annotate(right=right).filter(
        group__in=assigned.filter(user=OuterRef(OuterRef("person"))).values("role"), right__in=list(ABOVE)
    )
    sees_dealers = Permission.objects.filter(
        group=OuterRef("role"), content_type__app_label="dealers", codename="view_dealer"
    )
    reach = JSONObject(
        role=F("role__name"), low=F("node__low"), high=F("node__high"),
        line_low=F("line__low"), line_high=F("line__high"),
    )  # fmt: skip
    reaches = assigned.filter(Exists(sees_dealers)).annotate(reach=reach).values("reach")
    standings = Deputy.objects.in_force().filter(deputy=OuterRef("pk")).values(
        standing=JSONObject(
            person=F("person_id"), name=F("person__name"), rights=ArraySubquery(lent.values("right").distinct()),
            reaches=ArraySubquery(reaches.filter(user=OuterRef("person"))),
        )
    )  # fmt: skip
    return User.objects.annotate(
        loaded_rights=ArraySubquery(rights.values("right").distinct()),
        loaded_reaches=ArraySubquery(reaches.filter(user=OuterRef("pk"))),
        loaded_standings=ArraySubquery(standings),
        loaded_roles=ArraySubquery(own_groups.values("name").distinct()),
        has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=["totp", "webauthn"])),
    )


def attach_scope(user: Any) -> Any:
    """Turn what the query brought into the person's scope."""
    rights, reaches = frozenset(user.loaded_rights), tuple(reach_of(one) for one in user.loaded_reaches)
    user.scope = Scope(rights, reaches, tuple(_standing(one, rights) for one in user.loaded_standings))
    user.roles = frozenset(user.loaded_roles)
    return user


def reach_of(loaded: Mapping[str, Any]) -> Reach:
    """One assignment as the query brings it."""
    return Reach(loaded["role"], _range(loaded["low"], loaded["high"]), _range(loaded["line_low"], loaded["line_high"]))


def _standing(loaded: Mapping[str, Any], own: frozenset[str]) -> Standing:
    """What is lent to somebody who still holds the right himself, or the one above it: roles change in between."""
    rights = frozenset(right for right in loaded["rights"] if right in own or ABOVE[right] in own)
    return Standing(loaded["person"], loaded["name"], rights, tuple(reach_of(one) for one in loaded["reaches"]))


def scopes_of_staff() -> dict[int, Scope]:
    """Rights and reach of all our active people, by account."""
    able = actors().filter(kind=User.Kind.STAFF, is_active=True)
    loaded = able.values_list("pk", "loaded_rights", "loaded_reaches")
    return {pk: Scope(frozenset(rights), tuple(reach_of(one) for one in reaches)) for pk, rights, reaches in loaded}


def scope_of(user: Any) -> Scope:
    """The scope of an account that may have been loaded another way (a command, a task, a test)."""
    if not hasattr(user, "scope"):
        attach_scope_to(user)
    scope: Scope = user.scope
    return scope


def attach_scope_to(user: Any) -> Any:
    loaded = _actor(user.pk)
    if loaded is None:
        raise User.DoesNotExist
    attach_scope(loaded)
    user.scope, user.roles, user.has_second_factor = loaded.scope, loaded.roles, loaded.has_second_factor
    return user


def _range(low: int | None, high: int | None) -> tuple[int, int] | None:
    return None if low is None or high is None else (low, high)
