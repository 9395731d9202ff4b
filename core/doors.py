"""Doors: every address says who it is for. The suite walks the URLconf and refuses an address without a door.

    @door(Audience.STAFF, "dealers.dealer", permission="dealers.change_dealer", methods=("GET", "POST"))
    def dealer_edit(request, public_id): ...

The door answers three questions in order, never in one `if`: is this place for you (else the same 404 as a place that
does not exist), may you do it (else 403), and is the method right (else 405). What the person may see inside is the
view's `visible_to`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

from core.database.roles import Role
from core.views import errors

type View = Callable[..., HttpResponseBase]


class Audience(StrEnum):
    PUBLIC = "public"  # anybody, under the public role
    ACCOUNT = "account"  # sign-in, reset, second factor: stays on the login role
    DEALER = "dealer"  # people of a dealer
    STAFF = "staff"  # the manufacturer's people
    PORTAL = "portal"  # both sides; the view scopes
    ADMIN = "admin"  # the Django admin
    SYSTEM = "system"  # probes and static files: no database


@dataclass(frozen=True, slots=True)
class Door:
    audience: Audience
    kind: str = ""  # the model whose object stands in the address: "dealers.dealer"; "core.job:failed" for some of them
    permission: str = ""
    methods: tuple[str, ...] = ("GET",)
    keeps: bool = field(default=False)  # True: the transaction stands even when the answer is 4xx
    once: bool = field(default=True)  # False: the same form may count twice, as where the answer carries a session

    def allows(self, method: str) -> bool:
        return method in self.methods or (method == "HEAD" and "GET" in self.methods)


def door(
    audience: Audience,
    kind: str = "",
    *,
    permission: str = "",
    methods: tuple[str, ...] = ("GET",),
    keeps: bool = False,
    once: bool = True,
) -> Callable[[View], View]:
    """Declare and guard a view."""
    declared = Door(audience, kind, permission, methods, keeps, once)

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refused = refusal(declared, request)
            return refused if refused is not None else view(request, *args, **kwargs)

        guarded.door = declared  # type: ignore[attr-defined]  # the declaration travels on the view
        return guarded

    return wrap


_SIGNED_IN = {Audience.DEALER, Audience.STAFF, Audience.PORTAL, Audience.ADMIN}


def is_open_to(declared: Door, user: Any) -> bool:
    """Whether somebody of this kind comes in at all; what he may do there is another question."""
    return declared.audience not in _SIGNED_IN or bool(user.is_authenticated)


def refusal(declared: Door, request: HttpRequest) -> HttpResponseBase | None:
    """What the door answers instead of the view; None lets the person in."""
    user: Any = request.user
    if declared.audience in _SIGNED_IN:
        if not is_open_to(declared, user):
            from django.contrib.auth.views import redirect_to_login  # needs the user model, which needs this module

            return redirect_to_login(request.get_full_path())
        if declared.audience not in user.audiences():
            raise Http404
        if declared.permission and not user.has_perm(declared.permission):
            raise PermissionDenied
    if request.method == "OPTIONS":  # never the view's business: it would take it for a POST without a token
        return HttpResponse(status=204, headers={"Allow": ", ".join(declared.methods)})
    if not declared.allows(request.method or ""):
        refused = errors.answer(request, HTTPStatus.METHOD_NOT_ALLOWED)
        refused.headers["Allow"] = ", ".join(declared.methods)
        return refused
    return None


_elsewhere: dict[str, Door] = {}


def declare(
    names: str,
    audience: Audience,
    *,
    methods: tuple[str, ...] = ("GET", "POST"),
    keeps: bool = False,
    once: bool = True,
) -> None:
    """Declare doors of other people's views by URL name ("account_login account_logout", "admin:*")."""
    for name in names.split():
        _elsewhere[name] = Door(audience, methods=methods, keeps=keeps, once=once)


def of(view: Any, name: str) -> Door | None:
    """The door of a resolved view: its own declaration, or the one made for its URL name."""
    own: Door | None = getattr(view, "door", None)
    namespace = name.rsplit(":", 1)[0] + ":*" if ":" in name else ""
    return own or _elsewhere.get(name) or _elsewhere.get(namespace)


def role_for(declared: Door, user: Any) -> Role | None:
    """The database role behind a door. None: the login role, which has rights on accounts and sessions only."""
    match declared.audience:
        case Audience.ACCOUNT | Audience.SYSTEM:
            return None
        case Audience.ADMIN:
            if user.is_authenticated and user.is_staff:
                return Role.ADMIN  # anybody else gets the door's answer, under the role they have anyway
        case Audience.PUBLIC:
            return Role.PUBLIC
    if not user.is_authenticated:
        return Role.PUBLIC
    role: Role = user.database_role()
    return role


@dataclass(frozen=True, slots=True)
class Address:
    """One entry of the URLconf: where it is, what it is called, who it is for."""

    path: str
    name: str
    view: Any
    parameters: tuple[str, ...]
    door: Door | None

    @property
    def kind(self) -> str:
        """The model whose object stands in the address; the administration's views know it themselves."""
        model_admin = getattr(self.view, "model_admin", None)
        declared = self.door.kind if self.door else ""
        return declared or (model_admin.opts.label_lower if model_admin else "")

    @property
    def shown_path(self) -> str:
        """The address for people: every parameter is written `<name>`."""
        return _PLACE.sub(lambda place: f"<{place['route'] or place['regex']}>", self.path)

    def fill(self, values: Mapping[str, Any]) -> str:
        """The address with `values` in the places of its parameters. A missing one is a KeyError with its name."""
        return _PLACE.sub(lambda place: str(values[place["route"] or place["regex"]]), self.path)


# `<str:public_id>` of a route, `(?P<key>.+)` of a regular expression
_PLACE = re.compile(r"\(\?P<(?P<regex>\w+)>[^)]*\)|<(?:\w+:)?(?P<route>\w+)>")


def addresses() -> list[Address]:
    """Every address of the site, read from the URLconf at run time."""
    return list(_of(get_resolver()))


@cache
def _of(resolver: URLResolver) -> tuple[Address, ...]:
    return tuple(_walk(resolver, "/", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, path, inner)
        elif isinstance(entry, URLPattern):
            name = f"{namespace}{entry.name or ''}"
            parameters = tuple(place["route"] or place["regex"] for place in _PLACE.finditer(path))
            yield Address(path, name, entry.callback, parameters, of(entry.callback, name))
