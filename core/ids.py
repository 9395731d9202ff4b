"""Names that stand in addresses instead of integer keys."""

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # no 0/o, 1/l/i, u: can be read out on the telephone
LENGTH = 14
_system = secrets.SystemRandom()
_seeded: ContextVar[random.Random | None] = ContextVar("public_ids", default=None)


def new_public_id() -> str:
    """A random name of 14 letters and digits (about 68 bits). A name is not a permission."""
    source = _seeded.get() or _system
    return "".join(source.choice(_ALPHABET) for _ in range(LENGTH))


@contextmanager
def drawn_from(source: random.Random) -> Iterator[None]:
    """Draw names from a seeded source: for worlds that must come out the same twice, never for real data."""
    token = _seeded.set(source)
    try:
        yield
    finally:
        _seeded.reset(token)
