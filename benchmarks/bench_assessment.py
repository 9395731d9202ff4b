"""A quarter of 2,000 dealers over a million lines, beside the same measures asked dealer by dealer through the ORM.

The peer is what one writes first: six measures as aggregates of one dealer's rows, the arithmetic in Python, the card
and its lines as plain inserts. It settles payments by number only and keeps no reasons and no inputs, so it does less;
where both mean the same (attainment, growth) its values are compared with ours. The floor beside it is what the
database cannot be spared: reading every fact of the quarter once, and writing the finished cards once more.

The goals were set before it was first measured and are not reached yet: 15 of 20, and 0.18 of 0.25.
"""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from benchmarks import Figure, benchmark

DEALERS, MONTHS, LINES = 2_000, 18, 28  # movements of a dealer in a month: 1,008,000 in all
SAMPLE = 60  # dealers that the peer assesses; its pace does not depend on how many
ROUNDS = 3
FIRST = date(2025, 1, 1)


@benchmark
def against_a_loop() -> Iterator[Figure]:
    from core.database.logins import as_owner
    from core.periods import Period

    with as_owner():
        _build()
    period = Period.parse("2026-Q1")
    ours, peer, floor = [], [], []
    for _round in range(ROUNDS):
        ours.append(DEALERS / _assess(period))
        with as_owner():
            peer.append(SAMPLE / _loop(period))
            floor.append(DEALERS / _floor(period))
    yield Figure(
        "assessment.dealers a second, beside a loop over dealers", median(ours), "dealers/s", peer=median(peer),
        goal=20, more_is_better=True,
    )  # fmt: skip
    yield Figure(
        "assessment.dealers a second, beside one pass over the facts", median(ours), "dealers/s", peer=median(floor),
        goal=0.25, more_is_better=True,
    )  # fmt: skip


def _assess(period: Any) -> float:
    """Seconds of the verb, as the command runs it. Like the peer and the floor it begins with no cards."""
    from core.database.context import acting
    from core.database.logins import as_owner
    from core.database.roles import Role
    from dealers.models import User
    from performance.services import assessments

    by = User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM)
    with as_owner():
        _run("truncate performance_assessment cascade", "checkpoint")
    started = time.monotonic()
    with acting(Role.JOBS):
        summary = assessments.assess(period, by=by)
    seconds = time.monotonic() - started
    assert summary.dealers == summary.scored == DEALERS, summary
    return seconds


# ---- the peer --------------------------------------------------------------------------------
def _loop(period: Any) -> float:
    from django.db import transaction

    from dealers.models import Dealer
    from performance.models import ScorecardLine, ScorecardTemplate

    template = ScorecardTemplate.objects.get(code="quarter")
    scales, grades = list(template.measures.order_by("position")), list(template.grades.all())
    chosen = list(Dealer.objects.order_by("code")[:SAMPLE])
    values: dict[tuple[int, str], Decimal | None] = {}
    _run("truncate peer_card, peer_line")
    started = time.monotonic()
    with transaction.atomic():
        for dealer in chosen:
            measured = _measures(dealer, period)
            values |= {(dealer.pk, name): value for name, value in measured.items()}
            _write(dealer, measured, scales, grades)
    seconds = time.monotonic() - started
    lines = ScorecardLine.objects.filter(dealer__in=chosen, measure__in=["attainment", "growth"])
    for line in lines:
        theirs = values[line.dealer_id, line.measure]
        assert theirs is not None and line.value == theirs.quantize(Decimal("0.000001")), (line.value, theirs)
    assert lines.count() == 2 * SAMPLE
    return seconds


def _measures(dealer: Any, period: Any) -> dict[str, Decimal | None]:
    """The six measures of the quarterly scorecard for one dealer."""
    from django.db.models import Max, Min, Sum

    from contracts.models import TargetMonth
    from ledger.models import Invoice, Level, Movement, Payment, ReportDue, StockCount

    span, year_before = (period.start, period.end), (date(2025, 1, 1), date(2025, 3, 31))
    sold_in = Movement.objects.filter(dealer=dealer, level=Level.MAKER_TO_DEALER)
    bought = sold_in.filter(occurred_on__range=span).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    before = sold_in.filter(occurred_on__range=year_before).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    target = TargetMonth.objects.filter(dealer=dealer, month__range=span).aggregate(total=Sum("value"))["total"]
    invoices = list(Invoice.objects.filter(dealer=dealer, due_on__range=span).values_list("number", "amount"))
    due = sum((amount for _number, amount in invoices), Decimal(0))
    paid = Payment.objects.filter(
        dealer=dealer, paid_on__lte=period.end, invoice_number__in=[number for number, _amount in invoices]
    ).aggregate(total=Sum("amount"))["total"]
    counts = StockCount.objects.filter(dealer=dealer, counted_on__range=span).order_by()
    sold_on = Movement.objects.filter(dealer=dealer, level=Level.DEALER_TO_CUSTOMER)
    covers = []
    for counted in counts.values("counted_on").annotate(stock=Sum("quantity")):
        on = counted["counted_on"]
        recent = sold_on.filter(occurred_on__gt=on - timedelta(days=90), occurred_on__lte=on)
        sold = recent.aggregate(total=Sum("quantity"))["total"] or Decimal(0)
        if sold:
            covers.append(counted["stock"] * 90 / sold)
    firsts = sold_on.filter(outlet__isnull=False, quantity__gt=0, occurred_on__lte=period.end).order_by()
    outlets = firsts.values("outlet_id").annotate(first=Min("occurred_on"), last=Max("occurred_on"))
    reports = ReportDue.objects.filter(dealer=dealer, due_on__range=span, waived_by=None)
    owed = list(reports.values_list("filed_on", "due_on"))
    on_time = sum(filed is not None and filed <= wanted for filed, wanted in owed)
    return {
        "attainment": bought / target if target else None,
        "growth": (bought - before) / before if before > 0 else None,
        "collection": (paid or Decimal(0)) / due if due else None,
        "cover": sum(covers, Decimal(0)) / len(covers) if covers else None,
        "expansion": Decimal(sum(one["first"] >= period.start for one in outlets)),
        "reports": Decimal(on_time) / len(owed) if owed else None,
    }


def _write(dealer: Any, measured: dict[str, Decimal | None], scales: list[Any], grades: list[Any]) -> None:
    """A card and its lines, by plain inserts of what was scored."""
    from django.db import connection

    from performance import scoring

    scored = []
    for scale in scales:
        value = measured[scale.measure]
        score = scoring.score(value, scale) if value is not None else None
        points = scoring.points(score, scale.weight) if score is not None else None
        scored.append((dealer.pk, scale.position, scale.measure, scale.weight, value, score, points))
    known = sum((row[3] for row in scored if row[4] is not None), Decimal(0))
    total = scoring.total([row[6] for row in scored if row[6] is not None], known)
    letter = scoring.grade(total, grades) if total is not None else ""
    with connection.cursor() as cursor:
        cursor.execute("insert into peer_card values (%s, %s, %s)", [dealer.pk, total, letter])
        cursor.executemany("insert into peer_line values (%s, %s, %s, %s, %s, %s, %s)", scored)


def _floor(period: Any) -> float:
    """Every fact of the quarter read once, and the rows of the cards written once more, with their keys."""
    _run("truncate floor_card, floor_line", "checkpoint")
    started = time.monotonic()
    _run(
        f"select dealer_id, level, sum(amount_e4), sum(quantity) from ledger_movement "
        f"where occurred_on between '{period.start}' and '{period.end}' group by 1, 2",
        "select dealer_id, sum(amount_e4) from ledger_invoice group by 1",
        "select dealer_id, sum(amount_e4) from ledger_payment group by 1",
        f"select dealer_id, sum(quantity) from ledger_stockcount "
        f"where counted_on between '{period.start}' and '{period.end}' group by 1",
        "insert into floor_card select * from performance_scorecard",
        "insert into floor_line select * from performance_scorecardline",
    )
    return time.monotonic() - started


# ---- the network -----------------------------------------------------------------------------
_FACTS = (
    # Goods: half bought, half sold on, spread over days and items as a modest trade is.
    f"""
    insert into ledger_movement (dealer_id, batch_id, row, source, key, generation, is_reversal, level, document,
                                 occurred_on, product_id, outlet_id, quantity, unit_price, amount, currency)
    select d.id, b.id, 1, 'erp', 'M' || m || '/' || n, 0, false, 1 + n % 2, 'D' || m,
           (date '{FIRST}' + make_interval(months => m))::date + (n * 5 + d.id::int) % 28, p.id,
           case when n % 2 = 1 then o.id + (n + m / 3 + d.id) % 8 end, 1 + (n + d.id) % 40, 25,
           25 * (1 + (n + m + d.id) % 40), 'EUR'
    from dealers_dealer d
    cross join generate_series(0, {MONTHS - 1}) m cross join generate_series(1, {LINES}) n
    join (select dealer_id, min(id) as id from dealers_outlet group by 1) o on o.dealer_id = d.id
    join (select min(id) as low from dealers_product) lowest on true
    join dealers_product p on p.id = lowest.low + (n * 7 + d.id) % 100
    cross join (select max(id) as id from ledger_importbatch) b
    order by d.id, m, n
    """,
    f"""
    insert into ledger_invoice (dealer_id, batch_id, row, source, key, generation, is_reversal, number, invoiced_on,
                                due_on, net, amount, currency)
    select d.id, b.id, 1, 'erp', 'I' || m || '/' || n, 0, false, 'I' || m || '/' || n, day, day + 30, 1000, 1190, 'EUR'
    from dealers_dealer d
    cross join generate_series(0, {MONTHS - 1}) m cross join generate_series(1, 3) n
    cross join lateral (select (date '{FIRST}' + make_interval(months => m))::date + n * 8 as day) days
    cross join (select max(id) as id from ledger_importbatch) b
    """,
    """
    insert into ledger_payment (dealer_id, batch_id, row, source, key, generation, is_reversal, paid_on, invoice_number,
                                amount, currency)
    select dealer_id, batch_id, 1, 'erp', 'P' || key, 0, false, due_on + (dealer_id % 20)::int - 10, number, amount,
           currency
    from ledger_invoice where (dealer_id + row) % 9 <> 0
    """,
    f"""
    insert into ledger_stockcount (dealer_id, batch_id, row, source, key, generation, is_reversal, counted_on,
                                   product_id, quantity)
    select d.id, b.id, 1, 'erp', 'S' || m || '/' || p.code, 0, false,
           (date '{FIRST}' + make_interval(months => m + 1))::date - 1, p.id, (d.id + p.id + m) % 60
    from dealers_dealer d cross join generate_series(0, {MONTHS - 1}) m
    join dealers_product p on p.id % 10 = d.id % 10
    cross join (select max(id) as id from ledger_importbatch) b
    """,
    """
    insert into ledger_monthtotal (dealer_id, level, month, currency, quantity, amount_e4, entries)
    select dealer_id, level, date_trunc('month', occurred_on)::date, currency, sum(quantity), sum(amount_e4), count(*)
    from ledger_movement group by 1, 2, 3, 4
    """,
    f"""
    insert into ledger_reportduty (dealer_id, kind, due_days, starts_on)
    select id, 'stock-counts', 5, date '{FIRST}' from dealers_dealer
    """,
    f"""
    insert into ledger_reportdue (public_id, dealer_id, duty_id, kind, month, due_on, is_nil, filed_on, waive_reason,
                                  note)
    select substr(md5(r.id || '-' || m), 1, 14), r.dealer_id, r.id, r.kind, month, due, false,
           due - 2 + (r.dealer_id % 4)::int, '', ''
    from ledger_reportduty r cross join generate_series(0, {MONTHS - 1}) m
    cross join lateral (select (date '{FIRST}' + make_interval(months => m))::date as month,
                               (date '{FIRST}' + make_interval(months => m + 1))::date + 4 as due) days
    """,
)


def _build() -> None:
    """2,000 dealers with a contract, a target for each month, customers, goods, money, counts and reports."""
    from django.utils import timezone

    from contracts.models import Contract, Target, TargetMonth
    from dealers.models import Company, Dealer, Outlet, Product, Territory, User
    from dealers.services import trees
    from ledger.models import ImportBatch

    _run("set session_replication_role = replica")  # this is not about how fast history is written
    by = User.objects.only("pk").get(kind=User.Kind.SYSTEM)
    root = trees.plant(Territory(code="WORLD", name="World"))
    company = Company.objects.create(code="H", name="Halvard", country="DE", currency="EUR")
    Product.objects.bulk_create(Product(code=f"P{i:03}", name=f"Product {i}") for i in range(100))
    Dealer.objects.bulk_create(
        Dealer(code=f"D{i:05}", name=f"Dealer {i}", home=root, currency="EUR", status="active", sort_key=f"{i:05}",
               tier=("gold", "silver", "bronze")[i % 3], created_at=timezone.now())
        for i in range(DEALERS)
    )  # fmt: skip
    dealers = list(Dealer.objects.order_by("pk"))
    Outlet.objects.bulk_create(
        (Outlet(dealer=dealer, code=f"O{n}", outlet_class="retailer", territory=root) for dealer in dealers
         for n in range(8)), batch_size=5_000,
    )  # fmt: skip
    starts, ends, filed = FIRST, date(2026, 12, 31), date(2024, 12, 20)
    Contract.objects.bulk_create(
        Contract(
            dealer=dealer, number=f"N{dealer.pk}", company=company, starts_on=starts, ends_on=ends, jurisdiction="DE",
            currency="EUR", status="active", offered_at=timezone.now(), signed_on=filed, countersigned_on=filed,
            filed_on=filed, filing_number=f"F{dealer.pk}",
        )
        for dealer in dealers
    )  # fmt: skip
    Target.objects.bulk_create(
        Target(
            dealer_id=contract.dealer_id, contract=contract, starts_on=date(2026, 1, 1), ends_on=ends,
            total=12 * Decimal(8_000), currency="EUR", status="agreed", proposed_by_id=by.pk, agreed_by_id=by.pk,
            agreed_on=starts,
        )
        for contract in Contract.objects.all()
    )  # fmt: skip
    TargetMonth.objects.bulk_create(
        (TargetMonth(dealer_id=target.dealer_id, target=target, month=date(2026, number, 1), value=8_000)
         for target in Target.objects.all() for number in range(1, 13)), batch_size=5_000,
    )  # fmt: skip
    ImportBatch.objects.create(
        kind="sell-in", file_name="facts.csv", sha256="0" * 64, created_by_id=by.pk, state="applied",
        applied_at=timezone.now(),
    )  # fmt: skip
    _run(
        *_FACTS,
        "create table peer_card (dealer_id bigint primary key, score numeric, grade text)",
        "create table peer_line (dealer_id bigint, position int, measure text, weight numeric, value numeric, "
        "score numeric, points numeric, primary key (dealer_id, position))",
        "create table floor_card (like performance_scorecard including all)",
        "create table floor_line (like performance_scorecardline including all)",
        "set session_replication_role = origin",
        "analyze",
    )


def _run(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
