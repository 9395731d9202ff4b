"""What an amendment changes, in words: each term that reads otherwise than before, in the active language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts import rhythms
from contracts.models import Contract, ReviewRhythm, Target
from contracts.sheet import Earned, Progress, Sheet, ShownGrant, ShownLimit
from core import formatting

NONE = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """One term: what it is, how it read, how it reads. A term that comes or goes has a dash on the other side."""

    what: str
    before: str
    after: str


def changes(before: Sheet, after: Sheet) -> list[Change]:
    """From the text before to the text after. Targets are the proposals that hang on the text after."""
    found = [
        Change(label, said(before.contract), said(after.contract))
        for label, said in _head().items()
        if said(before.contract) != said(after.contract)
    ]
    found += _between(_("Territory"), _worded(before.grants, _grant), _worded(after.grants, _grant))
    found += _between("", _worded(before.rebates, _rebate), _worded(after.rebates, _rebate))
    found += _between("", _worded(before.limits, _limit), _worded(after.limits, _limit))
    found += _between(_("Review meetings"), _worded(before.rhythms, _rhythm), _worded(after.rhythms, _rhythm))
    return found + _targets(before, after)


def _head() -> Mapping[str, Callable[[Contract], str]]:
    """The terms of the contract itself, as they are said."""
    return {
        _("Last day"): lambda one: formatting.day(one.ends_on),
        _("Notice period"): lambda one: _days(one.notice_days),
        _("After its term"): lambda one: _("goes on by a year") if one.prolongs else _("ends with its term"),
        _("Payment term"): lambda one: _days(one.payment_days),
        _("Credit limit"): lambda one: _money(one.credit_limit, one),
        _("Open orders"): lambda one: _("use up the limit") if one.credit_counts_orders else _("do not use it up"),
        _("Minimum purchase a year"): lambda one: _money(one.minimum_purchase, one),
        _("Special terms"): lambda one: one.special_terms.strip() or NONE,
    }


def _days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def _money(value: Any, contract: Contract) -> str:
    return formatting.money(value, contract.currency) if value is not None else _("none")


def _worded[T](rows: list[T], word: Callable[[T], tuple[str, str]]) -> dict[str, str]:
    return dict(word(one) for one in rows)


def _grant(one: ShownGrant) -> tuple[str, str]:
    return one.what, formatting.listed(part for part in (one.what, one.less, one.exclusivity) if part)


def _rebate(one: Earned) -> tuple[str, str]:
    term = one.term
    steps = formatting.listed(
        _("from %(threshold)s: %(rate)s") % {"threshold": threshold, "rate": rate}
        for _number, threshold, rate, _pays in one.rows
    )
    words = [str(term.get_period_display()), str(term.get_method_display()), steps]
    if term.cap:
        words.append(_("at most %(cap)s") % {"cap": formatting.money(term.cap, term.currency)})
    if term.line:
        words.append(term.line.local_name)
    words.append(str(term.get_payout_display()))
    return term.name, formatting.listed(words)


def _limit(one: ShownLimit) -> tuple[str, str]:
    limit = one.limit
    what = _("%(tool)s: %(what)s") % {"tool": limit.get_tool_display(), "what": limit.product or limit.line}
    return what, formatting.money_exact(limit.price, limit.currency)


def _rhythm(one: ReviewRhythm) -> tuple[str, str]:
    words = [str(one), str(one.get_mode_display()), one.preferred]
    if rhythms.STEPS[ReviewRhythm.Every(one.every)] > 1:
        words.append(_("beginning with %(month)s") % {"month": MONTHS[rhythms.first_month(one)]})
    return one.level, formatting.listed(words)


def _between(label: str, before: dict[str, str], after: dict[str, str]) -> list[Change]:
    """What came, went or reads otherwise; without a label each thing is called by its own name."""
    names = dict.fromkeys([*before, *after])
    return [
        Change(label or name, before.get(name, NONE), after.get(name, NONE))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _targets(before: Sheet, after: Sheet) -> list[Change]:
    agreed = {_of(one.target): one for one in before.targets if one.target.status == Target.Status.AGREED}
    mine = [one for one in after.targets if one.target.contract_id == after.contract.pk]
    return [Change(_target_name(one.target), _goal(agreed.get(_of(one.target))), _goal(one)) for one in mine]


def _of(target: Target) -> tuple[int, int | None]:
    return target.measure, target.line_id


def _target_name(target: Target) -> str:
    line = target.line.local_name if target.line else _("all product lines")
    return _("%(measure)s: %(line)s") % {"measure": target.get_measure_display(), "line": line}


def _goal(one: Progress | None) -> str:
    if one is None:
        return NONE
    target = one.target
    is_money = target.measure == Target.Measure.AMOUNT
    total = formatting.money(target.total, target.currency) if is_money else formatting.number(target.total)
    span = {"start": formatting.day(target.starts_on), "end": formatting.day(target.ends_on), "total": total}
    return _("%(total)s, %(start)s to %(end)s") % span
