"""What an address must answer, worked out from its door and from who asks; and which marks may be in it."""

import io
import re
import zipfile
from html import unescape

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve

from core import doors
from core.doors import Address, Audience, Door
from core.worlds import OURS, Seen, World
from tests.walls.matrix import SIGNED_IN, Actor, Answer, Target

OUT_OF_SIGHT = {"foreign", "neighbour", "missing", "hidden"}
DONE = {200, 204, 301, 302, 303, 304}
REFUSED_NICELY = {400, 409, 413, 422, 429}  # the form was not good, or the moment is not


def fault(address: Address, actor: Actor, target: Target, method: str, answer: Answer) -> str:
    """Empty when the answer is right; otherwise what is wrong with it."""
    if answer.status >= 500:
        return f"broke: {answer.error or answer.body[:300]!r}"
    wanted = _wanted(address, actor, target, method)
    if answer.status not in wanted:
        return f"answered {answer.status} {answer.location}, not {sorted(wanted)}"
    is_sent_away = address.door is not None and address.door.audience in SIGNED_IN and not actor.is_known
    if is_sent_away and not answer.location.startswith(resolve_url(settings.LOGIN_URL)):
        return f"went to {answer.location}, not to the sign-in page"
    return ""


def _wanted(address: Address, actor: Actor, target: Target, method: str) -> set[int]:
    door = address.door
    assert door is not None
    if door.audience in SIGNED_IN and (refusal := _refusal(door, actor)):
        return refusal
    if not door.allows(method):
        return {405}
    if door.audience in {Audience.ADMIN, Audience.ACCOUNT, Audience.SYSTEM}:
        return DONE | REFUSED_NICELY | {403, 404, 405}  # other packages' pages have manners of their own
    if target.whose in OUT_OF_SIGHT:
        return {404}
    wanted = DONE if method == "GET" else DONE | REFUSED_NICELY | {403}
    return wanted if door.permission else wanted | {403}  # no single right: the view asks


def _refusal(door: Door, actor: Actor) -> set[int]:
    """What the door itself says to somebody it is not for."""
    if not actor.is_known or actor.account.state == "second_factor_pending":
        return {302}
    if door.audience not in actor.user.audiences():
        return {404}
    return {403} if door.permission and not actor.user.has_perm(door.permission) else set()


_LINKS = re.compile(rb'<a\b[^>]*?\shref="(/[^"?#]*)')


def shut_links(actor: Actor, answer: Answer) -> set[str]:
    """Links of a page that lead its reader to a door he is not let through: a dead end that we ourselves have built."""
    if answer.status != 200 or actor.account.state != "active" or not actor.is_known:
        return set()
    return {path for found in set(_LINKS.findall(answer.body)) if _is_shut(path := unescape(found.decode()), actor)}


def _is_shut(path: str, actor: Actor) -> bool:
    try:
        match = resolve(path)
    except Resolver404:  # a file
        return False
    door = doors.of(match.func, match.view_name)
    return door is not None and door.audience in SIGNED_IN and bool(_refusal(door, actor))


def is_success(actor: Actor, answer: Answer) -> bool:
    """Somebody got what the address is there for: a page or a deed, not the way to the sign-in page."""
    if answer.status not in DONE:
        return False
    return not answer.location.startswith((resolve_url(settings.LOGIN_URL), resolve_url("mfa_activate_totp")))


# ---- the same answer -------------------------------------------------------------------------
_CHANGING = (
    (re.compile(rb'nonce="[^"]*"|nonce-[\w+/=-]+'), b"nonce"),
    (re.compile(rb'(csrfmiddlewaretoken"[^>]*value="|X-CSRFToken": "|X-CSRFToken&quot;: &quot;)[\w-]+'), b"csrf"),
)
_CHANGING_HEADERS = {"Set-Cookie", "Content-Length", "Date", "X-Request-ID"}


def same_shape(answer: Answer, target: Target) -> tuple[object, ...]:
    """The answer without what differs from request to request, and without the id that was asked for."""
    asked = target.path.encode()
    body = answer.body.replace(asked, b"(asked)")
    if target.thing is not None:
        for name in (target.thing.public_id, str(target.thing.pk)):
            body = body.replace(name.encode(), b"(id)") if len(name) > 5 else body
    for pattern, instead in _CHANGING:
        body = pattern.sub(instead, body)
    headers = {
        name: _CHANGING[0][0].sub(b"nonce", value.replace(target.path, "(asked)").encode())
        for name, value in answer.headers.items()
        if name not in _CHANGING_HEADERS
    }
    return answer.status, headers, body


# Whoever holds the link was sent it by the first dealer, or for him.
LINKS = {"account_invitation"}
# Whoever has the number of the first dealer's certificate reads who is authorised.
CERTIFICATES = {"contracts:authorisation"}


# ---- marks -----------------------------------------------------------------------------------
class Marks:
    """Finds marks and figures of a world in an answer, and says which of them this actor must not meet."""

    def __init__(self, world: World) -> None:
        self.owners = world.owners()
        self.of_mark = {
            mark: (owner, Seen(seen)) for owner, marks in world.marks.items() for seen, mark in marks.items()
        }
        self.of_figure = {
            figure: (owner, Seen(seen))
            for owner, figures in world.numbers.items()
            for seen, found in figures.items()
            for figure in found
        }
        self._words = re.compile("|".join(sorted(map(re.escape, self.of_mark), key=len, reverse=True)))

    def leaks(self, actor: Actor, text: str, address: Address | None = None) -> set[str]:
        allowed = self._allowed(actor)
        if address is not None and address.name in LINKS:
            allowed |= {(min(self.owners), seen) for seen in (Seen.NAME, Seen.PEOPLE)}
        if address is not None and address.name in CERTIFICATES:
            allowed |= {(min(self.owners), Seen.NAME)}
        found = {*self._words.findall(text.lower()), *(set(_figures(text)) & set(self.of_figure))}
        return {mark for mark in found if (self.of_mark | self.of_figure)[mark] not in allowed}

    def met(self, text: str) -> set[str]:
        return set(self._words.findall(text.lower()))

    def _allowed(self, actor: Actor) -> set[tuple[str, Seen]]:
        if not actor.is_known:
            return set()
        if actor.account.state == "second_factor_pending":
            return {(actor.account.dealer, Seen.PEOPLE)}  # account doors greet him by his name
        if actor.account.dealer:
            return {(actor.account.dealer, seen) for seen in Seen if seen is not Seen.INTERNAL}
        if actor.user.is_staff:
            return {(owner, seen) for owner in self.owners for seen in (Seen.NAME, Seen.PEOPLE)}
        in_reach = [owner for owner in self.owners if int(owner[-3:]) % 2]  # the north; see dealers/world.py
        ours = {(OURS, Seen.INTERNAL)}  # what our people think of an applicant in the north
        return ours | {(owner, seen) for owner in in_reach for seen in Seen if seen is not Seen.PRIVATE}


def _figures(text: str) -> list[str]:
    """Runs of nine digits, with or without marks between the thousands."""
    figures = "\n".join(re.findall(r"\d[\d,.' \u00a0\u202f]{7,}\d", text))  # the rest of a page is long, and holds none
    return re.findall(r"(?<!\d)\d{9}(?!\d)", re.sub(r"(?<=\d)[,.' \u00a0\u202f](?=\d{3}(?!\d))", "", figures))


def readable(answer: Answer) -> str:
    """Everything a person could read in the answer: headers, body, and what is inside a spreadsheet."""
    parts = [f"{name}: {value}" for name, value in answer.headers.items()]
    if answer.body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            parts += [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    parts.append(answer.body.decode(errors="replace"))
    return unescape("\n".join(parts))
