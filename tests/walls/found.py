"""What our code contains, found by importing every module of every room."""

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import django_filters
from django import forms
from django.conf import settings

ROOMS = ("config", "communications", "onboarding", "performance", "contracts", "ledger", "dealers", "core")
NOT_IMPORTED = ("migrations", "management", "wsgi")


def import_everything() -> None:
    for room in ROOMS:
        for found in pkgutil.walk_packages([str(settings.BASE_DIR / room)], f"{room}."):
            if not set(found.name.split(".")) & set(NOT_IMPORTED):
                import_module(found.name)


def source_files() -> list[Path]:
    """Our own Python, without migrations and tests."""
    return [
        path
        for room in ROOMS
        for path in sorted((settings.BASE_DIR / room).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def forms_of_ours() -> list[type[Any]]:
    return _ours(forms.BaseForm)


def filters_of_ours() -> list[type[Any]]:
    return _ours(django_filters.filterset.BaseFilterSet)


def _ours(base: type[Any]) -> list[type[Any]]:
    import_everything()
    found: dict[str, type[Any]] = {}
    waiting = list(base.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting.extend(one.__subclasses__())
        if one.__module__.split(".")[0] in ROOMS and ".admin" not in one.__module__:
            found[f"{one.__module__}.{one.__qualname__}"] = one
    return [found[name] for name in sorted(found)]
