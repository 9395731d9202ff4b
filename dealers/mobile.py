"""Mobile numbers as sign-in names: one written form for each, however it was typed."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_FILLING = re.compile(r"[\s\-./()]")


def normal(text: str) -> str:
    """`138 0013 8000` and `0086-13800138000` are one number; without a country it is of the house's."""
    number = _FILLING.sub("", text)
    if number.startswith("00"):
        return "+" + number[2:]
    return number if number.startswith("+") else settings.MOBILE_COUNTRY_CODE + number.removeprefix("0")


def validate(number: str) -> None:
    if not _NUMBER.fullmatch(number):
        raise ValidationError(_("Enter a mobile number with its country code, like +86 138 0013 8000."))
