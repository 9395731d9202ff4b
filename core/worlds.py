"""Worlds that come out the same twice, made so that the walls can be tried from outside.

A world is built from a seed. Everything in it belongs to an owner and carries that owner's mark: seen anywhere else,
a mark is a proven leak. Each room brings a `world.py` with `build(world)`; `manage.py build_world` runs them from the
lowest room up and writes down who may sign in, what there is, and which mark may be seen by whom.
"""

import base64
import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from core import doors, ids

OURS = ""  # the owner of what belongs to the manufacturer
MISSING_ID = "z" * ids.LENGTH  # well-formed, and nobody's


class Seen(StrEnum):
    """Who may read what carries the mark."""

    NAME = "name"  # the dealer, staff in reach, administrators; and pages that say who is a dealer
    PEOPLE = "people"  # the dealer, staff in reach, and administrators, who keep accounts
    BOTH = "both"  # the dealer and staff in reach
    INTERNAL = "internal"  # staff in reach only
    PRIVATE = "private"  # the dealer only


@dataclass(frozen=True, slots=True)
class Account:
    role: str
    dealer: str
    email: str
    password: str
    totp: str
    reach: str  # of our people: the territory's code, or "everywhere"
    state: str = "active"  # active, disabled, or second_factor_pending: has none yet though the role needs one


@dataclass(frozen=True, slots=True)
class Thing:
    """An object somebody may ask for. `dealer` is the owner's code, empty for the manufacturer's own; `holder` the
    e-mail address of the only person who may see it, empty where it is a matter of reach."""

    kind: str
    dealer: str
    seen: str
    public_id: str
    pk: int
    number: str
    holder: str = ""
    addresses: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, repr=False)
class World:
    """What has been built so far, and the chance and the clock that it is built by."""

    seed: int
    size: int
    variant: int
    starts: datetime
    accounts: list[Account] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    marks: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    links: dict[str, dict[str, str]] = field(default_factory=dict)  # by owner: what stands in a link that was sent
    _sources: dict[str, random.Random] = field(default_factory=dict)
    _clocks: dict[str, datetime] = field(default_factory=dict)

    def owners(self) -> list[str]:
        """Dealers' codes in the order of their making: in the other variant the first dealer comes last."""
        codes = [f"W{self.seed}D{number:03}" for number in range(1, self.size + 1)]
        return codes if self.variant == 1 else codes[::-1]

    def chance(self, owner: str) -> random.Random:
        """What decides the owner's data. The variant changes it for all dealers but the first."""
        if owner not in self._sources:
            same = owner == OURS or owner.endswith("D001")
            self._sources[owner] = random.Random(f"{self.seed} {1 if same else self.variant} {owner}")  # noqa: S311
        return self._sources[owner]

    @contextmanager
    def making(self, owner: str) -> Iterator[None]:
        """Rows made inside get the owner's seeded names and the owner's own steps of time."""
        with ids.drawn_from(self.chance(owner)), _clock(lambda: self._step(owner)):
            yield

    def _step(self, owner: str) -> datetime:
        self._clocks[owner] = self._clocks.get(owner, self.starts) + timedelta(seconds=1)
        return self._clocks[owner]

    def mark(self, owner: str, seen: Seen = Seen.BOTH) -> str:
        """The text that only those may meet who may read this owner's things of this class."""
        marks = self.marks.setdefault(owner, {})
        if seen not in marks:
            letters = "".join(self.chance(owner).choices("bcdfghjkmpqrtvwxz", k=8))
            marks[seen] = f"{seen}{owner}{letters}".lower()
        return marks[seen]

    def number(self, owner: str, seen: Seen = Seen.BOTH) -> int:
        """A figure of nine digits that nobody else has."""
        figure = self.chance(owner).randrange(100_000_000, 1_000_000_000)
        self.numbers.setdefault(owner, {}).setdefault(seen, []).append(str(figure))
        return figure

    def words(self, model: type[models.Model], owner: str, seen: Seen = Seen.BOTH, **given: Any) -> dict[str, Any]:
        """Values for every field of words or figures that is not given: new fields are covered by themselves."""
        row = model(**given)
        for one in model._meta.concrete_fields:
            if one.name not in given and _is_open(row, one):
                value = self._value(one, owner, seen)
                if value is not None:
                    given[one.name] = value
        return given

    def _value(self, one: Any, owner: str, seen: Seen) -> Any:
        if isinstance(one, models.DecimalField | models.IntegerField):
            return self.number(owner, seen) if _has_room_for_figures(one) else None
        return _text(one, self.mark(owner, seen))

    def keep[M: models.Model](
        self, row: M, owner: str = OURS, seen: Seen = Seen.BOTH, *, number: str = "", holder: str = "", aspect: str = ""
    ) -> M:
        """Write down that the row is there; `aspect` tells apart what a door treats as another kind of thing."""
        public_id = getattr(row, "public_id", "")
        kind = row._meta.label_lower + (f":{aspect}" if aspect else "")
        addresses = _addresses(kind, {"public_id": public_id, "object_id": row.pk, "pk": row.pk})
        thing = Thing(kind, owner, str(seen), public_id, int(row.pk), number or str(row)[:200], holder, addresses)
        self.things.append(thing)
        return row

    def make[M: models.Model](self, model: type[M], /, owner: str = OURS, seen: Seen = Seen.BOTH, **given: Any) -> M:
        """A row whose fields that are not given carry the owner's marks, saved and written down."""
        row = model(**self.words(model, owner, seen, **given))
        row.save()
        return self.keep(row, owner, seen)

    def secrets_of(self, email: str) -> tuple[str, str]:
        """Password and one-time-code seed of an account."""
        digest = hashlib.sha256(f"{self.seed} {email}".encode()).digest()
        return f"pw-{digest.hex()[:24]}", base64.b32encode(digest[:20]).decode()

    def as_dict(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "variant": self.variant,
            "dealers": sorted(self.owners()),
            "missing_id": MISSING_ID,
            "accounts": [asdict(account) for account in self.accounts],
            "objects": [asdict(thing) for thing in self.things],
            "canaries": self.marks,
            "figures": self.numbers,
            "links": self.links,
        }


def build(world: World) -> None:
    """Let every room build its part, from the lowest up."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.world"):
            import_module(f"{config.name}.world").build(world)


def _is_open(row: models.Model, one: Any) -> bool:
    """A field for free words or figures that nothing has been put into."""
    is_free = one.editable and not one.primary_key and not one.choices and not one.is_relation
    return is_free and one.value_from_object(row) in (None, "", [], {})


def _has_room_for_figures(one: Any) -> bool:
    if isinstance(one, models.DecimalField):
        return one.max_digits is not None and one.max_digits - (one.decimal_places or 0) >= 9
    return not isinstance(one, models.SmallIntegerField | models.PositiveSmallIntegerField)


def _text(one: Any, mark: str) -> Any:
    """What a field for words of this type can hold; None where the mark has no room."""
    match one:
        case ArrayField():
            return [mark]
        case models.JSONField():
            return {"note": mark}
        case models.EmailField():
            return f"{one.name}@{mark}.example"
        case models.URLField():
            return f"https://{mark}.example/"
        case models.CharField() | models.TextField() if (one.max_length or 1000) >= len(mark):
            return f"{one.verbose_name} {mark}"[-(one.max_length or 0) :]
    return None


def _addresses(kind: str, values: dict[str, Any]) -> dict[str, str]:
    """URL name -> address of this object, for every door that is about its kind."""
    found = {}
    for address in doors.addresses():
        if address.kind == kind and address.parameters and set(address.parameters) <= set(values):
            found[address.name] = address.fill(values)
    return found


@contextmanager
def _clock(now: Any) -> Iterator[None]:
    """Stamps written by the code come from the world's clock: two builds must be equal to the byte."""
    real, timezone.now = timezone.now, now
    try:
        yield
    finally:
        timezone.now = real
