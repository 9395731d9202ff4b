"""Two years of business: contracts with their terms, purchases, sales, stock, invoices, payments, orders, scores.

Everything comes in as it would from an ERP: as files through the imports, so that each line has its source. Stock is
what was bought less what was sold; dealer D0008 counts more than that can be, D0022 stopped paying months ago.
"""

import csv
import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.demo import people
from config.demo.tables import rows
from contracts.models import Contract
from contracts.services import contracts, network_targets
from core import access
from core.database.context import acting
from core.database.roles import Role
from core.periods import Length, Period, months_later
from dealers.models import Dealer, Outlet, User
from ledger.imports.files import COMMAND
from ledger.models import ReportDue, ReportDuty
from ledger.services import batches
from performance.models import Scorecard, ScorecardTemplate
from performance.scales import Rules
from performance.services import assessments, scorecards, templates

MONTHS = 24
SEASON = (80, 60, 100, 110, 110, 100, 90, 90, 115, 125, 120, 100)  # per cent of a mean month, January first
MONTHLY = {"platinum": 420_000, "gold": 280_000, "silver": 110_000, "bronze": 42_000, "": 30_000}
LINES = 6  # products in a month's purchases
COMPANY = {"CNY": "HCN", "EUR": "HEU", "USD": "HUS"}
LAW = {"CN": "CN", "IT": "EU", "DE": "EU", "AT": "EU", "US": "US"}
PER_UNIT = {"CNY": Decimal(1), "EUR": Decimal("0.13"), "USD": Decimal("0.14")}
PRICES = {  # supply prices in CNY
    "F-18": 268, "F-22": 212, "F-24": 248, "F-30": 398, "F-36": 452, "S-310": 98, "S-320": 236, "S-440": 848,
    "S-450": 1260, "S-500": 1980, "B-07": 326, "B-09": 412, "B-12": 766, "B-20": 1140, "T-60": 2280, "T-70": 2860,
    "T-75": 2420, "T-10": 980, "P-01": 24, "P-02": 32, "P-03": 28, "P-04": 36,
}  # fmt: skip
# How much more or less a dealer buys in the second year, in per cent; all others grow a little.
COURSE = {"D0001": 34, "D0016": 41, "D0004": -28, "D0006": -45, "D0012": -12, "D0022": -60, "D0037": 36, "D0047": 31}
LATE_PAYERS = {"D0012": 24, "D0004": 35, "D0026": 18, "D0043": 21, "D0052": 28}  # days after the due date
STOPPED_PAYING = {"D0022": 150, "D0006": 40}  # days ago
COUNTS_TOO_MUCH = {"D0008": Decimal("1.18")}
CASUAL_REPORTERS = {"D0004", "D0012", "D0022", "D0026", "D0043"}
STILL_TO_REPORT = {"D0001", *CASUAL_REPORTERS}  # last month, on whatever day the demo is loaded
BUSINESS = {"active", "suspended", "parting"}
OBJECTION = "两张发票是在到期后第二天付清的，银行处理用了一天，请核对回款率。"
REASON = "Targets of the year, signed with the annual letter."


@dataclass(slots=True)
class Files:
    """Rows of each file, as they are made."""

    contracts: list[dict[str, Any]] = field(default_factory=list)
    grants: list[dict[str, Any]] = field(default_factory=list)
    rebates: list[dict[str, Any]] = field(default_factory=list)
    targets: list[dict[str, Any]] = field(default_factory=list)
    sell_in: list[dict[str, Any]] = field(default_factory=list)
    invoices: list[dict[str, Any]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    sell_through: list[dict[str, Any]] = field(default_factory=list)
    stock_counts: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)


def build(made: list[Dealer], staff: dict[str, User], today: date) -> None:
    """Contracts, two years of facts, targets, and the scores of every quarter that is over."""
    by = staff["zhang.wei"]
    files = Files()
    shops = _shops()
    facts = {row["code"]: row for row in rows("dealers")}
    for number, dealer in enumerate(one for one in made if facts[one.code]["status"] in BUSINESS):
        start = max(months_later(today, -MONTHS), dealer.since.replace(day=1) if dealer.since else today)
        _terms(files, dealer, number, start, today)
        _Business(files, dealer, today).run(start, shops.get(dealer.pk, []))
    with acting(Role.JOBS, user_id=by.pk), tempfile.TemporaryDirectory() as folder:
        for kind in ("contracts", "grants", "rebates", "targets", "sell-in", "sell-through", "stock-counts",
                     "invoices", "payments", "orders"):  # fmt: skip
            _bring(Path(folder), kind, getattr(files, kind.replace("-", "_")), by)
        year = Period.of(today, Length.YEAR)
        network_targets.propose_for_all(year=year, by=by)
        network_targets.agree_for_all(year=year, by=by, reason=REASON)
        _reports([one for one in made if facts[one.code]["status"] in BUSINESS], today)
    _part_with(staff, today)
    _assess(by, today)
    _answers()
    _other_rules(staff["elena.rossi"])


def _shops() -> dict[int, list[str]]:
    with acting(Role.JOBS):
        found: dict[int, list[str]] = {}
        for dealer, code in access.rows_of(Outlet).order_by("pk").values_list("dealer_id", "code"):
            found.setdefault(dealer, []).append(code)
        return found


# ---- contracts -------------------------------------------------------------------------------
def _terms(files: Files, dealer: Dealer, number: int, start: date, today: date) -> None:
    """Two years and a little; one ends within weeks; territories differ, so that nobody crosses another."""
    year = Period.of(today, Length.YEAR)
    ends = {"D0016": today + timedelta(days=52), "D0037": today + timedelta(days=81)}.get(
        dealer.code, months_later(year.start, 24) - timedelta(days=1)
    )
    mean = _mean(dealer)
    head = {"dealer_code": dealer.code, "contract_no": f"{dealer.code}-{start.year}"}
    files.contracts.append(
        head
        | {
            "company_code": COMPANY[dealer.currency], "starts_on": start, "ends_on": ends, "currency": dealer.currency,
            "payment_days": 30, "credit_limit": (mean * Decimal("2.6")).quantize(Decimal(1000)), "notice_days": 90,
            "prolongs": "no" if dealer.code in {"D0016", "D0037"} else "yes",
            "jurisdiction": LAW.get(dealer.country, "OTHER"), "signed_by": dealer.legal_representative,
            "signed_on": start, "filing_no": f"HV-{start.year}-{number + 1:03}", "filed_on": start,
            "filing_place": "合同室 4 号架" if dealer.name_zh else "Contract room, shelf 4",
        }
    )  # fmt: skip
    line = EXCLUSIVE.get(dealer.code, "")
    files.grants.append(
        head | {"territory_code": dealer.home.code, "line_code": line,
                "exclusivity": "exclusive" if line else "non_exclusive"}
    )  # fmt: skip
    quarter = (mean * 3).quantize(Decimal(10_000))
    for share, rate in ((Decimal("0.8"), "2%"), (Decimal(1), "3%"), (Decimal("1.25"), "4%")):
        files.rebates.append(
            head
            | {
                "name": "增长返利" if dealer.name_zh else "Growth rebate", "period": "quarter",
                "method": "by_slices" if number % 3 else "whole_amount",
                "threshold": (quarter * share).quantize(Decimal(1000)), "rate": rate, "example": quarter,
            }
        )  # fmt: skip
    if start < year.start:
        before = year.previous
        files.targets.append(
            {"dealer_code": dealer.code, "year": before.fiscal_year, "total": (mean * 12).quantize(Decimal(1000))}
        )


# Lines that only one dealer of his home territory may sell.
EXCLUSIVE = {"D0033": "SMART", "D0023": "SMART", "D0007": "SMART"}


def _mean(dealer: Dealer) -> Decimal:
    """What he buys in a mean month, in his currency."""
    return MONTHLY[dealer.tier or ""] * PER_UNIT[dealer.currency]


# ---- goods and money -------------------------------------------------------------------------
class _Business:
    """One dealer's two years, month by month."""

    def __init__(self, files: Files, dealer: Dealer, today: date) -> None:
        self.files, self.dealer, self.today = files, dealer, today
        self.chance = random.Random(f"trade {dealer.code}")  # noqa: S311  (the same business every time)
        self.stock = dict.fromkeys(self.chance.sample(sorted(PRICES), LINES), 0)

    def run(self, start: date, shops: list[str]) -> None:
        begins = {shop: self.chance.randrange(MONTHS) for shop in shops}
        for index in range(MONTHS + 1):
            month = months_later(self.today, index - MONTHS)
            if month >= start:
                self.buy(month, index)
                self.sell(month, [shop for shop in shops if begins[shop] <= index])
                self.count(months_later(month, 1) - timedelta(days=1))
        self.order()

    def buy(self, month: date, index: int) -> None:
        """Two deliveries a month, each with its invoice and, in time or not, its payment."""
        course = COURSE.get(self.dealer.code, 6 + self.chance.randrange(14))
        level = _mean(self.dealer) * (100 + Decimal(course) * max(index - MONTHS // 2, 0) * 2 / MONTHS) / 100
        wanted = level * SEASON[month.month - 1] / 100 * (90 + self.chance.randrange(21)) / 100
        for part, day in enumerate((4 + self.chance.randrange(6), 17 + self.chance.randrange(8)), start=1):
            on = month.replace(day=day)
            if on < self.today:
                self._deliver(f"SO-{month:%y%m}-{self.dealer.code[1:]}-{part}", on, wanted / 2 / LINES)

    def _deliver(self, document: str, on: date, each: Decimal) -> None:
        total = Decimal(0)
        for line, code in enumerate(self.stock, start=1):
            price = self._price(code)
            quantity = max(int(each / price), 1)
            total += price * quantity
            self.stock[code] += quantity
            self.files.sell_in.append(
                {
                    "order_no": document, "line_no": line, "order_date": on, "dealer_code": self.dealer.code,
                    "product_code": code, "qty": quantity, "unit_price": price, "amount": price * quantity,
                    "currency": self.dealer.currency,
                }
            )  # fmt: skip
        self._invoice(document.replace("SO", "INV"), on, total)

    def _invoice(self, number: str, on: date, total: Decimal) -> None:
        due = on + timedelta(days=30)
        common = {"dealer_code": self.dealer.code, "currency": self.dealer.currency, "invoice_no": number}
        self.files.invoices.append(
            common | {"invoice_date": on, "due_date": due, "net_amount": total, "total_amount": total}
        )
        paid = due + timedelta(days=LATE_PAYERS.get(self.dealer.code, 0) + self.chance.randrange(-4, 3))
        if paid < self.today - timedelta(days=STOPPED_PAYING.get(self.dealer.code, 0)):
            self.files.payments.append(
                common | {"payment_no": number.replace("INV", "PAY"), "payment_date": paid, "amount": total}
            )

    def sell(self, month: date, shops: list[str]) -> None:
        """What his customers bought: a good part of what he has, so that stock for some weeks remains."""
        on = month.replace(day=26)
        if on >= self.today:
            return
        for line, code in enumerate(self.stock, start=1):
            sold = self.stock[code] * (36 + self.chance.randrange(12)) // 100
            if sold <= 0:
                continue
            self.stock[code] -= sold
            price = (self._price(code) * Decimal("1.22")).quantize(Decimal("0.01"))
            self.files.sell_through.append(
                {
                    "order_no": f"ST-{month:%y%m}-{self.dealer.code[1:]}", "line_no": line, "order_date": on,
                    "dealer_code": self.dealer.code, "product_code": code,
                    "outlet_code": self.chance.choice(shops) if shops else "", "qty": sold, "unit_price": price,
                    "amount": price * sold, "currency": self.dealer.currency,
                }
            )  # fmt: skip

    def count(self, end: date) -> None:
        factor = COUNTS_TOO_MUCH.get(self.dealer.code, Decimal(1))
        if end < self.today:
            self.files.stock_counts += [
                {"dealer_code": self.dealer.code, "counted_on": end, "product_code": code, "qty": int(left * factor)}
                for code, left in self.stock.items()
            ]

    def order(self) -> None:
        """What is on the way; one dealer's order is later than promised."""
        for number, state in enumerate(("delivered", "shipped", "open")[: 2 + self.chance.randrange(2)], start=1):
            ordered = self.today - timedelta(days=24 - 6 * number)
            is_late = (self.dealer.code, state) == ("D0002", "shipped")
            promised = self.today + timedelta(days=-2 if is_late else 3 + 5 * number)
            self.files.orders.append(
                {
                    "dealer_code": self.dealer.code, "order_no": f"AB-{self.today:%y}-{self.dealer.code[1:]}{number}",
                    "state": state, "order_date": ordered,
                    "promised_date": ordered if state == "delivered" else promised,
                    "shipped_date": "" if state == "open" else ordered + timedelta(days=3),
                    "amount": (_mean(self.dealer) / 4).quantize(Decimal("0.01")), "currency": self.dealer.currency,
                }
            )  # fmt: skip

    def _price(self, code: str) -> Decimal:
        return (PRICES[code] * PER_UNIT[self.dealer.currency]).quantize(Decimal("0.01"))


def _bring(folder: Path, kind: str, found: list[dict[str, Any]], by: User) -> None:
    path = folder / f"{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(found[0]))
        table.writeheader()
        table.writerows(found)
    _batch, outcome = batches.post_file(path, kind, by=by, limits=COMMAND)
    if outcome.rejected:
        raise RuntimeError(f"The demo's {kind} do not fit: {outcome.rejected} rows were rejected.")


# ---- reports, parting, scores ----------------------------------------------------------------
def _reports(made: Iterable[Dealer], today: date) -> None:
    """Sales and stock of every month, due a day or two from now: last month's is still open with some."""
    duties = [
        ReportDuty(
            dealer=dealer, kind=kind, due_days=min(max(today.day + 2, 5), 28), starts_on=months_later(today, -MONTHS)
        )
        for dealer in made
        for kind in ReportDuty.Kind.values
    ]
    ReportDuty.objects.bulk_create(duties)
    ReportDue.objects.bulk_create(due for duty in duties for due in _dues(duty, today))


def _dues(duty: ReportDuty, today: date) -> Iterator[ReportDue]:
    chance = random.Random(f"reports {duty.dealer.code} {duty.kind}")  # noqa: S311
    is_casual = duty.dealer.code in CASUAL_REPORTERS
    for index in range(MONTHS):
        month = months_later(today, index - MONTHS)
        if duty.dealer.since and month < duty.dealer.since.replace(day=1):
            continue
        due = months_later(month, 1).replace(day=duty.due_days)
        filed = due + timedelta(days=chance.randrange(-3, 1) + (chance.randrange(9) if is_casual else 0))
        is_open = filed >= today or (index == MONTHS - 1 and duty.dealer.code in STILL_TO_REPORT)
        yield ReportDue(
            dealer=duty.dealer, duty=duty, kind=duty.kind, month=month, due_on=due, filed_on=None if is_open else filed
        )


def _part_with(staff: dict[str, User], today: date) -> None:
    by = staff["lin.yue"]
    with acting(Role.STAFF, user_id=by.pk):
        contract = Contract.objects.visible_to(by).get(dealer__code="D0006")
        contracts.give_notice(
            contract, by=by, side=Contract.Side.US, on=today - timedelta(days=20), ends_on=today + timedelta(days=85),
            reason="双方协商一致终止合作，按合同约定提前通知，过渡期内共同完成库存与客户交接。",
        )  # fmt: skip


def _assess(by: User, today: date) -> None:
    """Every quarter that is over; the last one waits to be published."""
    quarters = [Period.of(months_later(today, 1 - MONTHS), Length.QUARTER)]
    while quarters[-1].next.end < today:
        quarters.append(quarters[-1].next)
    for quarter in quarters:
        with acting(Role.JOBS, user_id=by.pk):
            summary = assessments.assess(quarter, by=by)
            if summary.assessment is not None and quarter is not quarters[-1]:
                assessments.publish(summary.assessment, by=by)


def _answers() -> None:
    """Who has a sign-in acknowledged his cards but for the last; one objects to it."""
    for head in people.executives():
        with acting(Role.DEALER, dealer_id=head.dealer_id, user_id=head.pk):
            cards = list(Scorecard.objects.visible_to(head).order_by("starts_on"))
            for card in cards[:-1]:
                scorecards.acknowledge(card, by=head)
            if cards and cards[-1].dealer.code == "D0012":
                scorecards.object_to(
                    cards[-1], by=head, text="六月的两张发票已于七月一日付清，回款率应按 100% 计算，请核对。"
                )


def _other_rules(by: User) -> None:
    """A next version of the quarterly rules waits for somebody who decides: more for growth, less for volume."""
    weights = {"attainment": Decimal(30), "growth": Decimal(20)}
    with acting(Role.STAFF, user_id=by.pk):
        draft = templates.new_version(ScorecardTemplate.objects.get(code="quarter"), by=by)
        rules = Rules.of(draft)
        measures = tuple(replace(one, weight=weights.get(one.measure, one.weight)) for one in rules.measures)
        templates.change(draft, replace(rules, measures=measures), seen=rules.digest, by=by)
        templates.propose(
            draft, by=by, reason="Volume alone has counted for more than winning new business; growth is to weigh more."
        )
