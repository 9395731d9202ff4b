"""Cells that several rooms' lists of dealers' things have."""

from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from core import formatting


def whose(row: Any) -> str:
    """The dealer's name beneath what is his; he himself need not read it on every row."""
    return "" if row.listed_for.is_dealers else str(row.dealer.local_name)


def under(words: str, *beneath: str) -> SafeString:
    """Words, and beneath them what is said, if anything."""
    said = formatting.listed(one for one in beneath if one)
    return format_html('{}<span class="under">{}</span>', words, said) if said else conditional_escape(words)


def sum_of(figure: str, currency: str) -> SafeString:
    """A sum; on a phone, where the column of currencies is left out, with its currency."""
    return format_html('{}<span class="only-phone-i t-faint"> {}</span>', figure, formatting.unit(currency))


def linked(url: str, words: str, *beneath: str) -> SafeString:
    return under(format_html('<a href="{}">{}</a>', url, words), *beneath)
