"""The model register: whose rows a table holds. An undeclared model fails the suite.

Five kinds: *dealer-owned* rows belong to one dealer, *staff-only* rows are never a dealer's business, *shared* rows
are for everybody signed in, *system* rows belong to the machinery (sessions, accounts, jobs). Rows *for applicants* are
what somebody without an account reads or brings: the public role has what its policy says, dealers have no right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.apps import apps
from django.db import models


class Kind(StrEnum):
    DEALER_OWNED = "dealer_owned"
    STAFF_ONLY = "staff_only"
    SHARED = "shared"
    SYSTEM = "system"
    FOR_APPLICANTS = "for_applicants"


@dataclass(frozen=True, slots=True)
class Ownership:
    """`column` is the database column that names the owning dealer (dealer-owned tables only)."""

    kind: Kind
    column: str = ""


_register: dict[str, Ownership] = {}


def declare(label: str, ownership: Ownership) -> None:
    """Declare a model that is not ours by its label ('auth.group')."""
    key = label.lower()
    if key in _register:
        raise ValueError(f"{label} is declared twice")
    _register[key] = ownership


def _decorator[M: models.Model](ownership: Ownership) -> Callable[[type[M]], type[M]]:
    def wrap(model: type[M]) -> type[M]:
        declare(model._meta.label_lower, ownership)
        return model

    return wrap


def dealer_owned[M: models.Model](column: str = "dealer_id") -> Callable[[type[M]], type[M]]:
    return _decorator(Ownership(Kind.DEALER_OWNED, column))


def staff_only[M: models.Model](model: type[M]) -> type[M]:
    return _decorator(Ownership(Kind.STAFF_ONLY))(model)


def shared[M: models.Model](model: type[M]) -> type[M]:
    return _decorator(Ownership(Kind.SHARED))(model)


def system[M: models.Model](model: type[M]) -> type[M]:
    return _decorator(Ownership(Kind.SYSTEM))(model)


def for_applicants[M: models.Model](model: type[M]) -> type[M]:
    return _decorator(Ownership(Kind.FOR_APPLICANTS))(model)


def of(model: type[models.Model]) -> Ownership | None:
    return _register.get(model._meta.label_lower)


def undeclared() -> list[str]:
    """Labels of concrete models that nobody declared; the suite wants this empty."""
    return sorted(
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label_lower not in _register and not model._meta.proxy
    )


def models_of(kind: Kind) -> list[type[models.Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if (o := of(m)) is not None and o.kind is kind]
