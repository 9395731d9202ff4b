"""The door matrix: every address × every actor × own, foreign and missing objects × methods, found at run time.

Nothing here names a page. An address says by its door who it is for and which kind of object stands in it; the world
says which objects there are and whose. What cannot be worked out from that is a fault, with a hint what to declare.
"""

import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core.signals import got_request_exception
from django.template.backends.django import Template
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.utils import timezone
from django.utils.safestring import SafeString

from core.doors import Address, Audience
from core.periods import months_later
from core.worlds import MISSING_ID, OURS, Account, Seen, Thing, World
from dealers import sessions
from dealers.models import User
from dealers.roles import BY_CODE
from dealers.world import EVERYWHERE
from tests.walls.undoing import undone

# Values of parameters that name no object. An unknown parameter is a fault: say here what may stand in it.
VALUES: dict[str, str] = {
    "uidb36": "1",
    "key": "abcdef-0123456789abcdef0123456789abcdef",
    "app_label": "dealers",
    "url": "nowhere/",
    "content_type_id": "1",
}
_NEXT_MONTH = months_later(datetime.now(UTC).date().replace(day=1), 1)
# What an address needs behind the question mark to answer at all.
QUERIES = {
    "admin:autocomplete": "?app_label=dealers&model_name=assignment&field_name=user&term=a",
    # next month: within the choice of months whenever the suite began
    "ledger:duties_new": f"?kind=sell-through&due_day=5&first={_NEXT_MONTH:%Y-%m}",
}
# What an address without a page of its own wants to be sent: {own} stands for a dealer, {colleague} for one of ours.
POSTS: dict[str, dict[str, str]] = {
    "communications:meeting_agree": {"sequence": "0"},
    "dealers:export_selected": {"format": "xlsx", "selected": "{own}"},
    "dealers:hand_over": {"selected": "{own}", "to": "{colleague}", "reason": "A reason with enough words in it"},
}
FORMATS = ("csv", "xlsx")  # what may stand in {file_format}
KEYS = ("public_id", "object_id", "pk")  # parameters that name the object of the door's kind
SAME_ROW = {"dealers.person": "dealers.user"}  # two models of one row
ANONYMOUS = Account("account_manager", OURS, "", "", "", "", "anonymous")
SIGNED_IN = {Audience.DEALER, Audience.STAFF, Audience.PORTAL, Audience.ADMIN}
NOBODY_YET = {"anonymous", "disabled"}


@dataclass(frozen=True, slots=True)
class Actor:
    account: Account
    user: Any
    cookies: dict[str, str]

    @property
    def name(self) -> str:
        return f"{self.account.role} ({self.account.state})" if self.user else "anonymous"

    @property
    def is_known(self) -> bool:
        return self.account.state not in NOBODY_YET


@dataclass(frozen=True, slots=True)
class Target:
    """What stands in the address: `whose` is own, hidden, foreign, neighbour, missing, or empty."""

    whose: str
    path: str
    thing: Thing | None = None


@dataclass(slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    error: str = ""
    leads_to: str = ""  # where the same form, sent again, would be led; see `core.submissions`
    questions: int = 0  # statements about rows that making it took
    context: Any = field(default=None, repr=False)

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


class Visitor:
    """Sends requests as the test client does, without its costly copies of contexts; undoes what they wrote."""

    def __init__(self) -> None:
        self.handler = ClientHandler(enforce_csrf_checks=False)
        self.handler.load_middleware()
        self.requests = RequestFactory()
        self.writing_calls = 0  # asked pages that may have left rows; see `undoing`
        self.drawing: AbstractContextManager[object] = nullcontext()

    @contextmanager
    def without_pages(self) -> Iterator[None]:
        """For who asks what a request wrote and not what it showed: drawing the page is the larger part of its time."""
        self.drawing = patch.object(Template, "render", lambda *_page, **_shown: SafeString(""))
        try:
            yield
        finally:
            self.drawing = nullcontext()

    def ask(self, actor: Actor, path: str, method: str = "GET", data: dict[str, Any] | None = None) -> Answer:
        with undone() as trial:
            answer = self.send(actor, path, method, data)
        self.writing_calls += trial.may_have_written
        answer.questions = trial.questions
        return answer

    def send(self, actor: Actor, path: str, method: str = "GET", data: dict[str, Any] | None = None) -> Answer:
        """The same, with what it wrote left in place."""
        request: Any = self._posted(path, data or {}) if method == "POST" else self.requests.get(path)
        request.method = method
        request.COOKIES.update(actor.cookies)
        request._dont_enforce_csrf_checks = True  # as the test client sets it
        with _errors() as errors, self.drawing:
            response: Any = self.handler.get_response(request)
        stated = getattr(response, "leads_to", "") or response.get("Location", "") or response.get("HX-Redirect", "")
        return Answer(response.status_code, dict(response.items()), _body(response), "\n".join(errors), stated)

    def _posted(self, path: str, data: dict[str, Any]) -> Any:
        """As a browser sends a form: in parts only where a file is among what is sent."""
        if any(hasattr(value, "read") for value in data.values()):
            return self.requests.post(path, data)
        return self.requests.post(path, urlencode(data, doseq=True), "application/x-www-form-urlencoded")


@contextmanager
def _errors() -> Iterator[list[str]]:
    found: list[str] = []

    def note(**_signal: Any) -> None:
        found.append("".join(traceback.format_exception(*sys.exc_info())[-4:]))

    got_request_exception.connect(note)
    try:
        yield found
    finally:
        got_request_exception.disconnect(note)


def _body(response: Any) -> bytes:
    if not response.streaming:
        return bytes(response.content)
    body = b"".join(response.streaming_content)
    if getattr(response, "file_to_stream", None):
        response.file_to_stream.close()
    return body


def actors(world: World) -> list[Actor]:
    """Every role of ours and of the first dealer in every state, and somebody who is not signed in."""
    first = world.owners()[0]
    chosen = [one for one in world.accounts if one.dealer in {OURS, first} and one.reach != EVERYWHERE]
    return [Actor(ANONYMOUS, None, {}), *(_signed_in(account) for account in chosen)]


def _signed_in(account: Account) -> Actor:
    """Signed in while that was allowed; a disabled account still holds its cookie."""
    user = get_user_model().objects.get(email=account.email)
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [  # just now, so that no door asks again
        {"method": method, "at": time.time()} for method in ("password", "mfa")
    ]
    # As the first page does, otherwise each would; some hours ahead, for a machine that takes long over all doors.
    sessions.note_use(session, now=timezone.now() + timedelta(hours=6))
    session.save()
    return Actor(account, loaded(user), {name: morsel.value for name, morsel in client.cookies.items()})


def loaded(user: User) -> User:
    from dealers.backends import attach_scope_to

    attach_scope_to(user)
    return user


class Undeclared(Exception):  # noqa: N818  (it reads as what is wrong: the address is undeclared)
    """An address whose declaration does not say enough to try it."""


def targets(address: Address, world: World, actor: Account, *, every: bool = False) -> list[Target]:
    """What can stand in this address for this actor: one of each, or every one there is."""
    known = VALUES | world.links[min(world.owners())]
    extra = {name: value for name, value in known.items() if name in address.parameters}
    names = [name for name in address.parameters if name in KEYS]
    unknown = set(address.parameters) - set(extra) - set(names) - {"file_format"}
    if unknown or len(names) > 1:
        raise Undeclared(
            f"{address.shown_path}: say in tests/walls/matrix.py what stands in {sorted(unknown) or names}"
        )
    if "file_format" in address.parameters:
        return [Target("", address.fill(extra | {"file_format": one})) for one in FORMATS]
    if not names:
        return [Target("", address.fill(extra) + QUERIES.get(address.name, ""))]
    if not address.kind:
        if address.door and address.door.audience is Audience.ADMIN:
            return [Target("missing", address.fill(extra | {names[0]: "0"}))]
        raise Undeclared(f"{address.shown_path}: its door names no kind of object: @door(..., 'app.model')")
    found = _things(address, world, actor)
    if not every:
        found = list({whose: (whose, thing) for whose, thing in reversed(found)}.values())
    missing = MISSING_ID if names[0] == "public_id" else "999999999"
    return [
        *(Target(whose, address.fill(extra | {names[0]: _key(thing, names[0])}), thing) for whose, thing in found),
        Target("missing", address.fill(extra | {names[0]: missing})),
    ]


def posted(address: Address, world: World, owner: str) -> dict[str, str]:
    """What this address wants to be sent, about a dealer."""
    dealer = next(one.public_id for one in world.things if one.kind == "dealers.dealer" and one.dealer == owner)
    colleague = next(one.pk for one in world.things if one.number.startswith("regional_director"))
    wanted = POSTS.get(address.name, {})
    return {name: value.format(own=dealer, colleague=colleague) for name, value in wanted.items()}


def _key(thing: Thing, name: str) -> str:
    return thing.public_id if name == "public_id" else str(thing.pk)


def _things(address: Address, world: World, actor: Account) -> list[tuple[str, Thing]]:
    of_kind = [thing for thing in world.things if thing.kind == SAME_ROW.get(address.kind, address.kind)]
    is_admin = bool(address.door and address.door.audience is Audience.ADMIN)
    if not of_kind:
        if is_admin:
            return []
        raise Undeclared(f"{address.shown_path}: no {address.kind} in the world: make one in world.py and keep() it")
    found = [(whose, thing) for thing in of_kind if (whose := _whose(thing, world, actor))]
    return found or [("own", thing) for thing in of_kind]  # the manufacturer's, shared with all


def _whose(thing: Thing, world: World, actor: Account) -> str:
    if thing.holder and thing.dealer == OURS:
        return "own" if thing.holder == actor.email else "hidden"
    first, second, third = world.owners()
    reaches_dealers = actor.dealer or "dealers.view_dealer" in BY_CODE[actor.role].rights
    if thing.dealer == first and not reaches_dealers:
        return "foreign"
    if thing.dealer == first:
        return "hidden" if _is_hidden(thing, actor) else "own"
    if thing.dealer == second:
        return "foreign"
    return "neighbour" if thing.dealer == third and actor.dealer else ""


def _is_hidden(thing: Thing, actor: Account) -> bool:
    """The actor's own side of the dealer, but not for his eyes."""
    if thing.holder:
        return thing.holder != actor.email
    return thing.seen == (Seen.INTERNAL if actor.dealer else Seen.PRIVATE)


def cells(address: Address, world: World, everybody: list[Actor]) -> Iterator[tuple[Actor, Target, str]]:
    for actor in everybody:
        for target in targets(address, world, actor.account):
            for method in ("GET", "POST"):
                yield actor, target, method
