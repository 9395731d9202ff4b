"""A decision has a reason that somebody else can understand later: a sentence, not a word."""

import unicodedata

from django.utils.translation import gettext as _

from core.errors import Refused

SHORTEST = 10  # letters; a Chinese character says about as much as two


class NoReason(Refused):
    """The reason is missing or too short to say anything."""


def sentence(reason: str) -> str:
    """The reason, trimmed; refused when it is shorter than a sentence."""
    reason = " ".join(reason.split())
    if sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in reason) < SHORTEST:
        raise NoReason(_("Give the reason in a sentence: the people concerned will read it."))
    return reason
