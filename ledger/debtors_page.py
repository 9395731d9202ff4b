"""The page of receivables, read from its address: currency, filters, order, and the place in the list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import formatting
from core.drawing import Stack, stack
from core.listing.address import Address
from core.listing.filters import Chip
from dealers.models import Dealer, User
from ledger import debts
from ledger.debts import Debtor, Sort
from ledger.filters.receivables import ReceivablesFilter

SIZE = 50


@dataclass(frozen=True, slots=True)
class Row:
    dealer: Dealer
    debtor: Debtor
    stack: Stack

    @property
    def url(self) -> str:
        return reverse("ledger:trade", args=[self.dealer.public_id]) + "#money"


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    count: int
    is_current: bool


class DebtorsPage:
    """Everything is read through what the reader may see; what the address says wrongly is left out."""

    def __init__(self, path: str, query: QueryDict, user: User, *, on: date) -> None:
        self.address, self.user, self.on = Address(path, query), user, on
        self.filters = ReceivablesFilter(query, Dealer.objects.visible_to(user), user=user, whole=True)

    # ---- what is asked for -------------------------------------------------------------------
    @cached_property
    def dealers(self) -> Any:
        return self.filters.qs

    @cached_property
    def currencies(self) -> dict[str, int]:
        return debts.currencies(self.dealers, on=self.on)

    @cached_property
    def currency(self) -> str:
        """The one asked for, or the one in which most dealers owe."""
        asked = self.address.get("currency")
        return asked if asked in self.currencies else next(iter(self.currencies), "")

    @property
    def sort(self) -> Sort:
        asked = self.address.get("sort")
        return Sort(asked) if asked in Sort else Sort.OVERDUE

    @property
    def late_only(self) -> bool:
        return self.address.get("late") == "1"

    @property
    def start(self) -> int:
        asked = self.address.get("row")
        return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0

    # ---- what is found -----------------------------------------------------------------------
    @cached_property
    def _together(self) -> tuple[int, Debtor]:
        return debts.together(self.dealers, self.currency, on=self.on, late_only=self.late_only)

    @property
    def total(self) -> Debtor:
        return self._together[1]

    @property
    def total_stack(self) -> Stack:
        return stack(self.total.parts)

    @property
    def overdue_share(self) -> Decimal:
        return self.total.overdue / self.total.total if self.total.total else Decimal(0)

    @cached_property
    def rows(self) -> list[Row]:
        found = debts.debtors(
            self.dealers, self.currency, on=self.on, sort=self.sort, late_only=self.late_only,
            start=self.start, most=SIZE,
        )  # fmt: skip
        return list(self._with_dealers(found))

    def _with_dealers(self, found: list[Debtor]) -> Iterator[Row]:
        ids = [one.dealer_id for one in found]
        known = {one.pk: one for one in self.dealers.filter(pk__in=ids).select_related("home")}
        for one in found:
            if one.dealer_id in known:
                yield Row(known[one.dealer_id], one, stack(one.parts))

    # ---- links -------------------------------------------------------------------------------
    @property
    def tabs(self) -> list[Tab]:
        return [
            Tab(formatting.currency_name(code), self._with(currency=code), count, code == self.currency)
            for code, count in self.currencies.items()
        ]

    @property
    def chips(self) -> list[Chip]:
        chips = self.filters.chips(self.address)
        if self.late_only:
            chips.append(Chip(_("State"), pgettext("receivables", "Late only"), self.address.without("late")))
        return chips

    @property
    def late_url(self) -> str:
        return "" if self.late_only else self._with(late="1")

    @property
    def heads(self) -> dict[str, dict[str, str]]:
        return {
            one.value: {
                "url": self.address.sorted_by(one.value),
                "direction": ("ascending" if one is Sort.OLDEST else "descending") if one is self.sort else "",
            }
            for one in Sort
        }

    @property
    def previous_url(self) -> str:
        return self.address.at(row=max(self.start - SIZE, 0) or None) if self.start else ""

    @property
    def next_url(self) -> str:
        return self.address.at(row=self.start + SIZE) if self.start + SIZE < self._together[0] else ""

    @property
    def summary(self) -> str:
        if not self.rows:
            return ""
        return _("%(first)s to %(last)s of %(total)s") % {
            "first": formatting.number(self.start + 1),
            "last": formatting.number(self.start + len(self.rows)),
            "total": formatting.number(self._together[0]),
        }

    @property
    def exports(self) -> list[tuple[str, str]]:
        formats = {"xlsx": _("Excel workbook"), "csv": _("CSV, for other programs")}
        query = f"?{self.address.query}" if self.address.query else ""
        return [(label, reverse("ledger:receivables_export", args=[code]) + query) for code, label in formats.items()]

    def _with(self, **one: str) -> str:
        """This address with one thing said differently, from the top of the list."""
        return f"{self.address.path}?{urlencode([*self.address.carried(*one), *one.items()])}"

    # ---- the same as a file ------------------------------------------------------------------
    def table(self) -> tuple[list[str], Iterator[Sequence[object]]]:
        """Heads and rows of all dealers of the currency, in the order of the page."""
        heads = [
            _("Code"), _("Dealer"), _("Currency"), _("Open invoices"), _("Together"), _("Not due"),
            _("Without a due date"), _("1 to 30 days late"), _("31 to 60 days late"), _("61 to 90 days late"),
            _("More than 90 days late"), _("Oldest due"),
        ]  # fmt: skip
        found = debts.debtors(self.dealers, self.currency, on=self.on, sort=self.sort, late_only=self.late_only)
        rows = (
            [row.dealer.code, row.dealer.name, self.currency, row.debtor.count, row.debtor.total, row.debtor.not_due,
             row.debtor.undated, *row.debtor.buckets, row.debtor.oldest]
            for row in self._with_dealers(found)
        )  # fmt: skip
        return heads, rows
