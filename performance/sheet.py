"""A scorecard as a page tells it: from the total to each measure, its formula with the numbers put in, and the way to
the lines behind. Everything is read from the frozen card; nothing is computed anew but differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core import formatting
from core.formatting import number
from ledger import lines
from performance import measures, scoring
from performance.measures import Behind, Measure, Unit, View
from performance.models import Scorecard, ScorecardLine
from performance.rules import Rule

ZERO, HUNDRED = Decimal(0), Decimal(100)
TREND = 8  # periods
NOT_MEASURED = {
    "not_installed": gettext_lazy("This measure is no longer part of the system."),
    "not_measured": gettext_lazy("No value came out for this measure."),
}
NO_SCORE = {
    "no_data": gettext_lazy("None of the measures has data for this time."),
    "little_data": gettext_lazy("Too little is known: less than the least share of the weight has data."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a formula: in words, with numbers, and what comes out."""

    words: str
    numbers: str
    result: str


@dataclass(frozen=True, slots=True)
class Source:
    """Lines behind a value: what they are, and the list that shows them with their sum."""

    label: str
    url: str


class Row(Rule):
    """One measure of the card."""

    def __init__(self, card: Scorecard, line: ScorecardLine) -> None:
        super().__init__(line, card.currency)
        self.card, self.line = card, line
        self.inputs: Mapping[str, Any] = line.inputs

    @property
    def summary(self) -> str:
        """What it looks at; where it is not scored, why."""
        if self.line.missing:
            return self.reason
        return str(self.measure.summary) if self.measure else ""

    @property
    def reason(self) -> str:
        known = self.measure.missing if self.measure else {}
        return str(known.get(self.line.missing) or NOT_MEASURED.get(self.line.missing, self.line.missing))

    @property
    def is_scored(self) -> bool:
        return not self.line.missing

    @property
    def value(self) -> str:
        return "" if self.line.value is None else self.worded(self.line.value)

    @property
    def steps(self) -> list[Step]:
        """How the value came about, then the score, then the points. Empty where it is not scored."""
        line, measure = self.line, self.measure
        if line.value is None or line.score is None or line.points is None:
            return []
        found = [Step(str(measure.formula), self._working(measure), self.value)] if measure else []
        weight = number(line.weight, 0 if line.weight == line.weight.to_integral_value() else 2)
        return [
            *found,
            Step(_("Score = %(scale)s") % {"scale": self.scale}, self.value, number(line.score, 1)),
            Step(_("Points = score × weight"), f"{number(line.score, 1)} × {weight}%", number(line.points, 1)),
        ]

    def _working(self, measure: Measure) -> str:
        put_in = measures.numbers(self.inputs, measure.inputs)
        units = {one.name: one.unit for one in measure.inputs}
        words = {name: self._exact(value, units[name]) for name, value in put_in.items()}
        try:
            return measure.working.format(**words)
        except KeyError:  # an edition computed by an older version of the measure
            return "; ".join(words.values())

    @property
    def converted(self) -> list[str]:
        """Amounts of other currencies with the rate that they were put in by."""
        told = []
        for month in self.inputs.get("converted") or ():
            for one in month if isinstance(month, list) else (month,):
                told.append(
                    _("%(amount)s at %(rate)s")
                    % {
                        "amount": formatting.money_exact(Decimal(one["amount"]), one["currency"]),
                        "rate": formatting.number(Decimal(one["rate"]), 4),
                    }
                )
        return told

    @property
    def sources(self) -> list[Source]:
        if self.measure is None or not self.is_scored:
            return []
        view = View(self.card.span, self.card.cut_off)
        return [found for one in self.measure.behind(view, self.inputs) if (found := self._source(one))]

    def _source(self, behind: Behind) -> Source | None:
        dealer, known = self.card.dealer, behind.known_at
        words = {"start": formatting.day(behind.start), "end": formatting.day(behind.end)}
        match behind.kind:
            case "movements":
                level = int(behind.narrow["level"])
                label = _("Purchases from %(start)s to %(end)s") if level == 1 else _("Sales from %(start)s to %(end)s")
                url = lines.movements(dealer, level=level, start=behind.start, end=behind.end, known_at=known)
            case "invoices":
                label = _("Invoices due from %(start)s to %(end)s")
                url = lines.invoices_due(dealer, start=behind.start, end=behind.end, known_at=known)
            case "stock":
                label = _("Stock counts from %(start)s to %(end)s")
                url = lines.stock(dealer, start=behind.start, end=behind.end, known_at=known)
            case "payments":
                label = _("Payments from %(start)s to %(end)s")
                url = lines.payments(dealer, start=behind.start, end=behind.end, known_at=known)
            case _:
                return None
        return Source(label % words, url)

    @property
    def caution(self) -> str:
        """What the value rests on that contradicts itself; empty where nothing does."""
        if self.measure is None or not self.is_scored or not self.inputs.get("unbalanced"):
            return ""
        told = {name: number(Decimal(self.inputs[name])) for name in ("unbalanced", "counts")}
        return str(self.measure.caution) % told

    @property
    def advice(self) -> str:
        """What would have brought full points, where the measure knows how to say it."""
        line, measure = self.line, self.measure
        if line.value is None or measure is None or not measure.advice:
            return ""
        wanted = scoring.value_for_full(line.value, line)
        if wanted is None:
            return ""
        more = self._more(wanted - line.value)
        return "" if more is None else str(measure.advice) % {"more": more}

    def _more(self, gap: Decimal) -> str | None:
        """The gap of a share as an amount of what it is a share of; of a count as it is."""
        base = next((name for name in ("target", "year_before", "due") if self.inputs.get(name) is not None), None)
        if self.unit is Unit.COUNT:
            return number(gap)
        if base is None or not self.inputs.get("currency"):
            return ""
        return formatting.money((gap * Decimal(self.inputs[base])).quantize(Decimal(1)), self.inputs["currency"])

    def _exact(self, value: Decimal, unit: Unit) -> str:
        if unit is Unit.AMOUNT:
            return formatting.number(value, 4 if value != value.quantize(Decimal("0.01")) else 2)
        return number(value, 0 if value == value.to_integral_value() else 2)


class Sheet:
    """A card with the one before it and the dealer's course."""

    def __init__(self, card: Scorecard, *, before: Scorecard | None = None, course: Sequence[Scorecard] = ()) -> None:
        self.card, self.before, self.course = card, before, course

    @cached_property
    def rows(self) -> list[Row]:
        return [Row(self.card, line) for line in self.card.lines.all()]

    @property
    def no_score(self) -> str:
        return str(NO_SCORE.get(self.card.missing, self.card.missing))

    @property
    def delta(self) -> Decimal | None:
        if self.card.score is None or self.before is None or self.before.score is None:
            return None
        return self.card.score - self.before.score

    @property
    def delta_note(self) -> str:
        if self.before is None:
            return ""
        words = {"period": self.before.span.short, "grade": self.before.grade}
        if self.before.grade and self.before.grade != self.card.grade:
            return _("points against %(period)s, was %(grade)s") % words
        return _("points against %(period)s") % words

    @property
    def verdict(self) -> str:
        return "" if not self.delta else "good" if self.delta > 0 else "bad"

    @cached_property
    def to_next(self) -> tuple[str, Decimal] | None:
        """The next better grade, and how many points are missing to it."""
        if self.card.score is None:
            return None
        above = [one for one in self.card.template.grades.all() if one.from_score > self.card.score]
        if not above:
            return None
        following = min(above, key=lambda one: one.from_score)
        return following.letter, following.from_score - self.card.score

    @property
    def coverage(self) -> Decimal:
        return self.card.weight_with_data / self.card.weight if self.card.weight else ZERO

    @property
    def unbalanced(self) -> Decimal:
        """The weight of what rests, in part at least, on counts that do not balance."""
        return sum((row.line.weight for row in self.rows if row.caution), ZERO)

    @property
    def has_gaps(self) -> bool:
        return self.card.weight_with_data != self.card.weight

    @property
    def brought_to_hundred(self) -> str:
        """The line under the points that says how they became the total."""
        return _("Brought to 100: %(points)s ÷ %(weight)s × 100") % {
            "points": number(self.card.points, 1), "weight": number(self.card.weight_with_data)}  # fmt: skip

    @property
    def trend(self) -> dict[str, Any] | None:
        """Points of `charts.js` trend; nothing to draw with fewer than two scores."""
        scored = [card for card in self.course if card.score is not None]
        if len(scored) < 2:
            return None
        values = [card.score for card in scored if card.score is not None]
        medians = [card.peer_median for card in scored]
        has_peers = all(median is not None for median in medians)
        known = [*values, *(median for median in medians if has_peers and median is not None)]
        grades = self.card.template.grades.all()
        bands: list[dict[str, Any]] = [
            {"at": one.from_score, "name": _("%(grade)s from %(score)s") % {
                "grade": one.letter, "score": number(one.from_score)}}
            for one in grades if one.from_score > 0
        ]  # fmt: skip
        return {
            "x": [card.span.short for card in scored],
            "names": [pgettext("of a chart", "Score"), _("Peers")],
            "score": values,
            "peers": medians if has_peers else None,
            "min": max(min([*known, *(band["at"] for band in bands)]) - 10, ZERO),
            "max": min(max([*known, *(band["at"] for band in bands)]) + 8, Decimal(104)),
            "bands": bands,
        }

    @property
    def trend_label(self) -> str:
        scored = [card for card in self.course if card.score is not None]
        return _("Total from %(first)s in %(start)s to %(last)s in %(end)s") % {
            "first": number(scored[0].score or ZERO, 1), "start": scored[0].span,
            "last": number(scored[-1].score or ZERO, 1), "end": scored[-1].span}  # fmt: skip

    @cached_property
    def waterfall(self) -> dict[str, Any] | None:
        """What raised and what lowered the total against the card before, measure by measure."""
        if self.delta is None or self.before is None:
            return None
        now, then = _shares(self.card), _shares(self.before)
        titles = {row.line.measure: row.title for row in self.rows}
        titles |= {line.measure: Row(self.before, line).title for line in self.before.lines.all()}
        changes = {code: now.get(code, ZERO) - then.get(code, ZERO) for code in titles}
        steps: list[dict[str, Any]] = [
            {"n": titles[code], "v": scoring.tenth(change)} for code, change in changes.items()
        ]
        steps = [step for step in steps if step["v"]]
        rest = self.delta - sum((step["v"] for step in steps), ZERO)  # tenths, rounded one by one
        if rest:
            steps.append({"n": _("Rounding"), "v": rest})
        start, end = self.before.score or ZERO, self.card.score or ZERO
        low, high, at = min(start, end), max(start, end), start
        for step in steps:
            at += step["v"]
            low, high = min(low, at), max(high, at)
        return {
            "from": start, "to": end, "fromName": self.before.span.short, "toName": self.card.span.short,
            "steps": steps, "floor": max((low - 6) // 5 * 5, ZERO), "top": high + 4,
        }  # fmt: skip

    @property
    def waterfall_label(self) -> str:
        data = self.waterfall or {"steps": []}
        changes = formatting.listed(f"{step['n']} {formatting.signed(step['v'])}" for step in data["steps"])
        return _("From %(start)s to %(end)s: %(changes)s") % {
            "start": number(data["from"], 1), "end": number(data["to"], 1), "changes": changes}  # fmt: skip


def _shares(card: Scorecard) -> dict[str, Decimal]:
    """What each measure brings to the total of 100."""
    if not card.weight_with_data:
        return {}
    return {
        line.measure: line.points / card.weight_with_data * HUNDRED
        for line in card.lines.all()
        if line.points is not None
    }
