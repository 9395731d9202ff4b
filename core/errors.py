"""What a verb says when it does not do what was asked."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.db import models


class Refused(Exception):  # noqa: N818  (it reads as what happened: the verb was refused)
    """A rule stands against this change. The text is for the person who asked: what is wrong, what to do."""

    status = 409

    def __init__(self, message: "str | Promise") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Stale(Refused):
    """Somebody else changed the same thing in the meantime; both versions are to be shown."""


class NotYours(Refused):
    """The person may see the thing but not do this to it."""

    status = 403


def refuse_unsound(obj: "models.Model") -> None:
    """Check the row's own rules (fields, uniqueness, constraints) before it is written, and say them in words."""
    try:
        obj.full_clean()
    except ValidationError as fault:
        raise Refused(" ".join(fault.messages)) from None
