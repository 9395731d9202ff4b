"""Tags and filters of the templates: icons, figures, dates, distances. The wording itself is in core/formatting.py.

A figure that is missing reads “n/a”, never 0 and never a dash; `|na:reason` behind any of these filters adds why.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.template.context import Context
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import countries, drawing, formatting

register = template.Library()
_SPRITE = "vendor/icons/sprite.svg"


class Missing(SafeString):
    """The words “n/a”, ready to be printed, and known to `|na` as a figure that is not there."""


def _missing() -> Missing:
    return Missing(format_html('<span class="na">{}</span>', _("n/a")))


def _shown(write: Callable[..., str], value: object, *arguments: object) -> str:
    """Nothing known stays “n/a” whatever the filter; everything else is written out."""
    if value is None or value == "" or isinstance(value, Missing):
        return _missing()
    return write(value, *arguments)


# ---------- icons and small drawings ----------


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """One icon of the sprite. It is silent beside words; alone it needs a label."""
    # A label that waits for its language, or that brings its own escaping, is no key to remember by.
    draw = _icon if type(label) is str else _icon.__wrapped__
    return draw(static(_SPRITE), name, label, extra)


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str, label: str, extra: str) -> SafeString:
    href = f"{sprite}#{name}"
    classes = f"icon {extra}".strip()
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, href)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, href)


@register.simple_tag
def gap() -> str:
    """What stands between two sentences: a blank, or nothing where the full stop is as wide as a word."""
    return "" if formatting.is_chinese() else " "


class _DrawingEncoder(DjangoJSONEncoder):
    """Exact figures become points of a drawing here, and only here."""

    def default(self, o: Any) -> Any:
        # allow floats: points of a drawing, nothing is computed from them
        return float(o) if isinstance(o, Decimal) else super().default(o)


@register.filter
def checksum(sha256: str) -> str:
    """A SHA-256 in groups of eight."""
    return formatting.checksum(sha256)


@register.filter
def chart_data(data: object, element_id: str) -> SafeString:
    """The data block beside a chart, as `charts.js` reads it."""
    return json_script(data, element_id, _DrawingEncoder)


@register.simple_tag
def sparkline(values: Iterable[Decimal | int | None], label: str) -> SafeString:
    """A course in 64 × 20 points, drawn by the server. The label says what and how long; a gap stays a gap."""
    lines = drawing.spark_lines(list(values))
    if not lines:
        return _missing()
    drawn = format_html_join(
        "", '<polyline points="{}"/>', ((" ".join(f"{x},{y}" for x, y in line),) for line in lines if len(line) > 1)
    )
    x, y = lines[-1][-1]
    return format_html(
        '<svg class="spark" viewBox="0 0 64 20" role="img" aria-label="{}">{}<circle cx="{}" cy="{}" r="2"/></svg>',
        label,
        drawn,
        x,
        y,
    )


# ---------- numbers ----------


@register.filter
def number(value: object, digits: int = 0) -> str:
    return _shown(formatting.number, value, digits)


@register.filter
def signed(value: object, digits: int | str = 1) -> str:
    return _shown(formatting.signed, value, 1 if digits == "" else digits)


@register.filter
def size(value: object, digits: int | str = 1) -> str:
    """How large a change is, without its sign: an arrow beside it tells the direction."""
    return _shown(formatting.number, abs(formatting.to_decimal(value)), 1 if digits == "" else digits)


@register.filter
def percent(value: object, digits: int = 1) -> str:
    return _shown(formatting.percent, value, digits)


@register.filter
def rate(value: object) -> str:
    return _shown(formatting.rate, value)


@register.filter
def amount(value: object, currency: str = "") -> str:
    return _shown(formatting.amount, value, currency)


@register.filter
def money(value: object, currency: str) -> str:
    return _shown(formatting.money, value, currency)


@register.filter
def money_exact(value: object, currency: str) -> str:
    return _shown(formatting.money_exact, value, currency)


@register.filter
def unit(currency: str) -> str:
    return formatting.unit(currency)


@register.filter
def pieces(code: str) -> str:
    return formatting.pieces(code)


@register.filter
def country(code: str) -> str:
    """The country's name in the reader's language."""
    return _shown(countries.name, code)


@register.filter
def na(value: object, reason: object = "") -> object:
    """The value; or, where there is none, “n/a” with the reason beneath."""
    if value is not None and value != "" and not isinstance(value, Missing):
        return value
    if not reason:
        return _missing()
    return format_html('<span class="na">{}</span><span class="under">{}</span>', _("n/a"), reason)


# ---------- dates and distances ----------


@register.filter
def day(value: date | datetime | None) -> str:
    return _shown(formatting.day, value)


@register.filter
def long_day(value: date | datetime | None) -> str:
    return _shown(formatting.long_day, value)


@register.filter
def short_day(value: date | datetime | None) -> str:
    return _shown(formatting.short_day, value)


@register.filter
def week_day(value: date | datetime | None) -> str:
    return _shown(formatting.week_day, value)


@register.filter
def iso_day(value: date | datetime | None) -> str:
    return _shown(formatting.iso_day, value)


@register.filter
def month(value: date | datetime | None) -> str:
    return _shown(formatting.month, value)


@register.filter
def moment(value: datetime | None) -> str:
    return _shown(formatting.moment, value)


@register.filter
def iso_moment(value: datetime | None) -> str:
    return _shown(formatting.iso_moment, value)


@register.filter
def clock(value: datetime | None) -> str:
    return _shown(formatting.clock, value)


@register.filter
def zone(name: str) -> str:
    return formatting.zone(name)


@register.filter
def distance(value: date | datetime | None, now: datetime | None = None) -> str:
    return _shown(formatting.distance, value, now)


@register.filter
def ago(value: date | datetime | None, now: datetime | None = None) -> str:
    return _shown(formatting.ago, value, now)


@register.filter
def is_late(value: date | datetime | None, now: datetime | None = None) -> bool:
    return value is not None and formatting.is_late(value, now)


@register.simple_tag
def due(value: date | datetime | None, now: datetime | None = None) -> SafeString:
    """A due time as a distance: red when late, amber within three days, the date itself in the title."""
    if value is None:
        return SafeString("")
    state = " late" if formatting.is_late(value, now) else " soon" if formatting.is_soon(value, now) else ""
    return _time(value, formatting.distance(value, now), f"when{state}")


@register.simple_tag
def since(value: date | datetime | None, now: datetime | None = None) -> SafeString:
    """Something past as a distance, with the date in the title."""
    return _time(value, formatting.ago(value, now), "when") if value is not None else SafeString("")


def _time(value: date | datetime, words: str, classes: str) -> SafeString:
    exact = formatting.moment(value) if isinstance(value, datetime) else formatting.day(value)
    return format_html('<time class="{}" datetime="{}" title="{}">{}</time>', classes, value.isoformat(), exact, words)


# ---------- words and pages ----------


@register.simple_tag
def drawn(name: str, item: Hashable) -> SafeString:
    """The template `name` for one item, which must be all that it shows: what looks alike is drawn once."""
    return _drawn(name, item, get_language(), static(_SPRITE))


@lru_cache(maxsize=2048)
def _drawn(name: str, item: Hashable, _language: str | None, _sprite: str) -> SafeString:
    return render_to_string(name, {"item": item})


class FixedNode(template.Node):
    """What is the same on every page in one language, drawn once for each. It stands outside the page's context, so
    that nothing of one reader can be kept for the next."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self.drawn: dict[tuple[str | None, str], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        known = get_language(), static(_SPRITE)
        if known not in self.drawn:
            page: Any = context.template
            alone = Context(autoescape=context.autoescape)
            with alone.render_context.push_state(page), alone.bind_template(page):
                self.drawn[known] = self.nodelist.render(alone)
        return self.drawn[known]


@register.tag
def fixed(parser: template.base.Parser, _token: template.base.Token) -> FixedNode:
    """{% fixed %}…{% endfixed %} around words, icons and components with `only`."""
    nodelist = parser.parse(("endfixed",))
    parser.delete_first_token()
    return FixedNode(nodelist)


@register.filter
def initials(name: object) -> str:
    return formatting.initials(str(name or ""))


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> SafeString:
    """The block `name` once more: a page writes its title once, the window and the heading both show it."""
    blocks: Any = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    # allow marked_safe: a rendered block is escaped already
    return SafeString(block.render(context).strip()) if block else SafeString("")
