"""A contract as a page tells it: its terms in words, how far its targets and rebates are, the rebate worked through."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contracts import facts, rules
from contracts.facts import Ask
from contracts.models import Contract, Grant, Mode, PriceLimit, RebateTerm, ReviewRhythm, Target, Tool
from contracts.rules import Rules
from contracts.terms import Terms
from contracts.tiers import Earning, NextTier, Step, Tier, both_readings, earn, next_tier
from core import formatting
from core.drawing import Track, track
from core.periods import Length, Period
from ledger import lines
from ledger.models import Level

ZERO = Decimal(0)
METHODS = dict(RebateTerm.Method.choices)
type Answer = Callable[[Ask], facts.Sums]


# ---- targets ---------------------------------------------------------------------------------
class Progress:
    """How far a target is on a day: by month, and as a whole. Sell-in net of returns, in the target's currency."""

    def __init__(self, target: Target, *, on: date, answer: Answer = facts.answer) -> None:
        self.target, self.on, self._answer = target, on, answer

    @property
    def ask(self) -> Ask:
        target = self.target
        return Ask.by_month(target.contract, target.starts_on, target.ends_on, line=target.line)

    @cached_property
    def months(self) -> list[tuple[date, Decimal, Decimal | None]]:
        """(month, target, sell-in); months to come have none."""
        bought, this_month = self._answer(self.ask), self.on.replace(day=1)
        return [
            (month, value, bought.get(month, ZERO) if month <= this_month else None)
            for month, value in self.target.shares
        ]

    @cached_property
    def actual(self) -> Decimal:
        return sum((bought for _month, _value, bought in self.months if bought is not None), ZERO)

    @cached_property
    def until_now(self) -> Decimal:
        """The target of the months that are over, with the days of the running one that have passed."""
        total = ZERO
        for month, value, _bought in self.months:
            period = Period.of(month, Length.MONTH)
            if period.end <= self.on:
                total += value
            elif period.start <= self.on:
                total += value * ((self.on - period.start).days + 1) / period.days
        return total

    @property
    def share(self) -> Decimal:
        """Of the whole target."""
        return self.actual / self.target.total if self.target.total else ZERO

    @property
    def share_until_now(self) -> Decimal | None:
        return self.actual / self.until_now if self.until_now else None

    @property
    def missing(self) -> Decimal:
        return max(self.target.total - self.actual, ZERO)

    @property
    def chart(self) -> dict[str, Any]:
        """Points of `charts.js` target: bars of what was bought, a stroke for what was agreed."""
        return {
            "x": [formatting.month(month) for month, _value, _bought in self.months],
            "names": [pgettext("of a chart", "Sell-in"), pgettext("of a chart", "Target")],
            "actual": [bought for _month, _value, bought in self.months],
            "target": [value for _month, value, _bought in self.months],
            "open": next((i for i, (month, _v, _b) in enumerate(self.months) if month == self.on.replace(day=1)), -1),
            "unit": self.target.currency,
        }

    @property
    def label(self) -> str:
        return _("%(actual)s of %(target)s, by month") % {
            "actual": formatting.money(self.actual, self.target.currency),
            "target": formatting.money(self.target.total, self.target.currency)}  # fmt: skip

    @property
    def url(self) -> str:
        """The lines behind what was bought."""
        end = min(self.target.ends_on, self.on)
        return lines.movements(
            self.target.dealer, level=Level.MAKER_TO_DEALER, start=self.target.starts_on, end=end,
            line=self.target.line.code if self.target.line else "",
        )  # fmt: skip

    @property
    def verdict(self) -> str:
        """Late when less was bought than the time that has passed would ask for."""
        return "" if self.share_until_now is None or self.share_until_now >= 1 else "soon"


# ---- rebates ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the table, worked through with numbers."""

    title: str
    calculation: str
    total: str
    is_agreed: bool


class Earned:
    """A rebate with its table, both readings of its example, and how far its period is."""

    def __init__(self, term: RebateTerm, *, on: date, answer: Answer = facts.answer) -> None:
        self.term, self.on, self._answer = term, on, answer

    @cached_property
    def tiers(self) -> list[Tier]:
        return [Tier(threshold, rate) for threshold, rate in self.term.steps]

    @property
    def rows(self) -> list[tuple[int, str, str, str]]:
        """(number, reached from, rate, what it pays at the threshold)."""
        found = []
        for number, tier in enumerate(self.tiers, start=1):
            pays = earn(tier.threshold, self.tiers, self.term.method, self.term.currency, cap=self.term.cap)
            found.append(
                (number, formatting.number(tier.threshold), formatting.rate(tier.rate), self._amount(pays.total))
            )
        return found

    @property
    def readings(self) -> list[Reading]:
        """The worked example: the same turnover under both readings, the agreed one marked."""
        return [
            Reading(
                str(METHODS[earning.method]), _working(earning.steps), self._amount(earning.total),
                earning.method == self.term.method,
            )
            for earning in both_readings(self.term.example, self.tiers, self.term.currency)
        ]  # fmt: skip

    @cached_property
    def period(self) -> Period:
        return Period.of(self.on, Length(self.term.period))

    @cached_property
    def turnover(self) -> Decimal:
        """Sell-in of the running period so far, as far as the contract runs in it."""
        return sum(self._answer(self.ask).values(), ZERO) if self.ask is not None else ZERO

    @property
    def ask(self) -> Ask | None:
        """Nothing as long as no day counts."""
        start, end = self._counted
        return Ask.of(self.term.contract, start, end, line=self.term.line) if start <= end else None

    @property
    def _counted(self) -> tuple[date, date]:
        """The days of the period whose sell-in counts so far."""
        start = max(self.period.start, self.term.first_day)
        return start, min(self.period.end, self.on, self.term.contract.ends_on)

    @cached_property
    def earning(self) -> Earning:
        return earn(self.turnover, self.tiers, self.term.method, self.term.currency, cap=self.term.cap)

    @property
    def working(self) -> str:
        return _working(self.earning.steps) or formatting.number(ZERO)

    @cached_property
    def following(self) -> NextTier | None:
        return next_tier(self.turnover, self.tiers, self.term.method, self.term.currency, cap=self.term.cap)

    @property
    def near_miss(self) -> str:
        """How little is missing to the next tier, until when, and what it is worth."""
        if self.following is None:
            return ""
        if self.following.worth <= ZERO:  # the first slice: what is bought above it begins to earn
            sentence = _("%(more)s more by %(day)s reach the first tier: what lies above it earns %(rate)s.")
        else:
            sentence = _("%(more)s more by %(day)s reach %(rate)s: %(worth)s more rebate.")
        return sentence % self._told(self.following)

    def heading(self, following: NextTier) -> str:
        """The same as a heading."""
        return _("%(more)s more by %(day)s reaches tier %(tier)s") % self._told(following)

    def worth_of(self, following: NextTier) -> str:
        """What reaching it brings, and what was bought until now."""
        if following.worth <= ZERO:
            sentence = _("What lies above it earns %(rate)s. Bought until now: %(turnover)s, net of returns.")
        else:
            sentence = _("Worth %(worth)s to you. Bought until now: %(turnover)s, net of returns.")
        return sentence % self._told(following)

    def _told(self, following: NextTier) -> dict[str, Any]:
        currency = self.term.currency
        return {
            "more": formatting.money(following.missing, currency),
            "day": formatting.day(self.period.end),
            "tier": self.tiers.index(following.tier) + 1,
            "rate": formatting.rate(following.tier.rate),
            "worth": formatting.money(following.worth, currency),
            "turnover": formatting.money(self.turnover, currency),
        }

    @property
    def track(self) -> Track:
        marks = [
            (tier.threshold, f"{formatting.number(tier.threshold)} · {formatting.rate(tier.rate)}")
            for tier in self.tiers
        ]
        return track(self.turnover, formatting.number(self.turnover), marks)

    @property
    def track_label(self) -> str:
        return _("Bought %(turnover)s in %(period)s.") % {
            "turnover": formatting.money(self.turnover, self.term.currency),
            "period": self.period,
        }

    @property
    def url(self) -> str:
        start, end = self._counted
        return lines.movements(
            self.term.dealer, level=Level.MAKER_TO_DEALER, start=start, end=end,
            line=self.term.line.code if self.term.line else "",
        )  # fmt: skip

    def _amount(self, value: Decimal) -> str:
        return formatting.amount(value, self.term.currency)


def _working(steps: Iterable[Step]) -> str:
    return " + ".join(f"{formatting.number(step.base, 2)} × {formatting.rate(step.rate)}" for step in steps)


# ---- the whole -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ShownGrant:
    grant: Grant
    what: str
    less: str

    @property
    def exclusivity(self) -> str:
        return self.grant.get_exclusivity_display()


@dataclass(frozen=True, slots=True)
class ShownLimit:
    limit: PriceLimit
    mode: str
    why: str


class Sheet:
    """Everything about one contract, read through what the reader may see; `before` is the text that it amends."""

    def __init__(
        self, contract: Contract, user: Any, *, on: date, before: Contract | None = None, terms: Terms | None = None
    ) -> None:
        self.contract, self.user, self.on, self._before = contract, user, on, before
        self._terms = terms or Terms([contract, *([before] if before else [])], user, on=on)

    @cached_property
    def before(self) -> "Sheet | None":
        """The sheet of the text before, whose terms are read with these."""
        return Sheet(self._before, self.user, on=self.on, terms=self._terms) if self._before else None

    @cached_property
    def grants(self) -> list[ShownGrant]:
        return [_shown(grant) for grant in self._terms.grants.get(self.contract.pk, ())]

    @cached_property
    def targets(self) -> list[Progress]:
        """Those of this text, and those agreed in another text of the agreement that hold in its time and stay."""
        own = [one for one in self._terms.targets if one.contract_id == self.contract.pk]
        new = {(one.measure, one.line_id) for one in own if one.status == Target.Status.PROPOSED}
        kept = [
            one
            for one in self._terms.targets
            if one in own or (self._stays(one) and (one.measure, one.line_id) not in new)
        ]
        return [Progress(target, on=self.on, answer=self._answer) for target in kept]

    def _stays(self, target: Target) -> bool:
        is_in_its_time = target.starts_on <= self.contract.ends_on and target.ends_on >= self.contract.starts_on
        return target.status == Target.Status.AGREED and is_in_its_time

    @cached_property
    def rebates(self) -> list[Earned]:
        found = self._terms.rebates.get(self.contract.pk, ())
        return [Earned(term, on=self.on, answer=self._answer) for term in found]

    def _answer(self, ask: Ask) -> facts.Sums:
        return self._bought[ask]

    @cached_property
    def _bought(self) -> Mapping[Ask, facts.Sums]:
        """What the targets and rebates ask the ledger, all at once when the first wants to know."""
        asks = [*(one.ask for one in self.targets), *(one.ask for one in self.rebates)]
        return facts.answers(ask for ask in asks if ask is not None)

    @cached_property
    def limits(self) -> list[ShownLimit]:
        shown = []
        for limit in self._terms.limits.get(self.contract.pk, ()):
            mode = self.rules.modes.get(Tool(limit.tool), Mode.OFF)
            shown.append(ShownLimit(limit, str(mode.label), rules.why(mode)))
        return shown

    @property
    def rules(self) -> Rules:
        return self._terms.rules[self.contract.jurisdiction]

    @property
    def place(self) -> str:
        return self.rules.place

    @property
    def rhythms(self) -> list[ReviewRhythm]:
        return self._terms.rhythms.get(self.contract.pk, [])

    @property
    def notice_deadline(self) -> date:
        return self.contract.notice_deadline()


def _shown(grant: Grant) -> ShownGrant:
    line = grant.line.local_name if grant.line else _("all product lines")
    if grant.territory is None:
        return ShownGrant(grant, formatting.listed([*grant.named, line]), "")
    less = [*grant.spared, *grant.named]
    return ShownGrant(
        grant, formatting.listed([grant.territory.local_name, line]),
        _("without %(places)s") % {"places": formatting.listed(less)} if less else "",
    )  # fmt: skip


def running_of(contracts: Sequence[Contract], *, on: date) -> Contract | None:
    """The one in force on the day, else the latest."""
    return next((one for one in contracts if one.is_in_force(on=on)), contracts[0] if contracts else None)
