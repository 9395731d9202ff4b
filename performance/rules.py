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
            return f"{self._bare(self.of.full_at)}–{self.worded(self.of.full_until)}"
        return self.worded(self.of.full_at)

    @property
    def scale(self) -> str:
        """In words, from which value on it earns its points."""
        line = self.of
        if line.full_until is not None and line.zero_again_at is not None:
            text = _("full points from %(full)s to %(until)s, none at %(zero)s and at %(again)s") % {
                "full": self.worded(line.full_at), "until": self.worded(line.full_until),
                "zero": self.worded(line.zero_at), "again": self.worded(line.zero_again_at)}  # fmt: skip
        else:
            text = _("no points at %(zero)s, full points from %(full)s") % {
                "zero": self.worded(line.zero_at), "full": self.worded(line.full_at)}  # fmt: skip
        if line.floor is not None:
            text = _("%(scale)s; none short of %(floor)s") % {"scale": text, "floor": self.worded(line.floor)}
        return text

    @property
    def unit(self) -> Unit:
        return self.measure.unit if self.measure else Unit.COUNT

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
