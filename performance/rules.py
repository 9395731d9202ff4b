"""The rule of one measure in words: what it counts, and from which value on it earns points."""

from decimal import Decimal

from django.utils.translation import gettext as _

from core import formatting
from core.formatting import number
from performance import measures
from performance.measures import Measure, Unit
from performance.models import ScorecardLine, TemplateMeasure


class Rule:
    """Worded from the measure and its scale: of a template, or frozen on the line of a card."""

    def __init__(self, of: TemplateMeasure | ScorecardLine, currency: str = "") -> None:
        self.of, self.currency = of, currency
        self.measure: Measure | None = measures.find(of.measure)

    @property
    def title(self) -> str:
        return str(self.measure.title) if self.measure else self.of.measure

    @property
    def goal(self) -> str:
        """The value with full points; a range where too much loses as well."""
        if self.of.full_until is not None:
            return f"{self._bare(self.of.full_at)}–{self.mark(self.of.full_until)}"
        return self.mark(self.of.full_at)

    @property
    def scale(self) -> str:
        """In words, from which value on it earns its points."""
        line = self.of
        if line.full_until is not None and line.zero_again_at is not None:
            text = _("full points from %(full)s to %(until)s, none at %(zero)s and at %(again)s") % {
                "full": self.mark(line.full_at), "until": self.mark(line.full_until),
                "zero": self.mark(line.zero_at), "again": self.mark(line.zero_again_at)}  # fmt: skip
        else:
            text = _("no points at %(zero)s, full points from %(full)s") % {
                "zero": self.mark(line.zero_at), "full": self.mark(line.full_at)}  # fmt: skip
        if line.floor is not None:
            words = {"scale": text, "floor": self.mark(line.floor)}
            rises = line.zero_at < line.full_at
            text = (
                _("%(scale)s; below %(floor)s none at all") if rises else _("%(scale)s; above %(floor)s none at all")
            ) % words
        return text

    @property
    def unit(self) -> Unit:
        return self.measure.unit if self.measure else Unit.COUNT

    def mark(self, value: Decimal) -> str:
        """A value that a scale names: a share without tenths where it has none."""
        if self.unit is Unit.SHARE and (value * 100) == (value * 100).to_integral_value():
            return formatting.percent(value, 0)
        return self.worded(value)

    def worded(self, value: Decimal) -> str:
        match self.unit:
            case Unit.SHARE:
                return formatting.percent(value)
            case Unit.CHANGE:
                return f"{formatting.signed(value * 100)}%"
            case Unit.DAYS:
                return _("%(days)s days") % {"days": number(value, 0 if value == value.to_integral_value() else 1)}
            case Unit.AMOUNT:
                return formatting.amount(value, self.currency)
            case _:
                return number(value, 0 if value == value.to_integral_value() else 1)

    def _bare(self, value: Decimal) -> str:
        return number(value, 0) if self.unit is Unit.DAYS else self.worded(value)
