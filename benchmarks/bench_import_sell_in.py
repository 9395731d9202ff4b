"""A million sell-in lines by our import, with every check and a reason per bad row, beside a plain COPY of them.

The peer copies rows that somebody has already checked and resolved, in the order of the file, into a table like the
ledger's with the four foreign keys that a plain table would have.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks import Figure, benchmark

BASE = Path(__file__).resolve().parent.parent
LINES, BAD_EVERY = 1_000_000, 100
DEALERS, PRODUCTS = 5_000, 2_000
ROUNDS = 3
HEADER = "order_no,line_no,order_date,dealer_code,product_code,qty,unit_price,discount_pct,amount,currency\n"
COLUMNS = (
    "dealer_id, batch_id, row, source, key, generation, is_reversal, level, document, occurred_on, product_id, "
    "outlet_id, quantity, unit_price, amount, currency"
)


@benchmark
def against_copy() -> Iterator[Figure]:
    ours, peer, peaks = [], [], []
    with tempfile.TemporaryDirectory(prefix="lines-") as folder:
        lines, rows = Path(folder) / "sell_in.csv", Path(folder) / "rows.copy"
        _write_lines(lines)
        _network()
        for _ in range(ROUNDS):
            seconds, peak = _import_in_a_child(lines)
            ours.append(LINES / seconds)
            peaks.append(peak)
            peer.append(LINES / _copy(rows))
            _empty()
    yield Figure("import_sell_in.rows", median(ours), "rows/s", peer=median(peer), goal=1.0, more_is_better=True)
    yield Figure("import_sell_in.peak memory of the client", max(peaks), "MB", limit=150, goal=1.0)


def _write_lines(path: Path) -> None:
    """Orders of five lines as an ERP writes them: by number, dealers and items in no order."""
    chance = random.Random(2026)  # noqa: S311  (a benchmark repeats itself)
    first = date(2026, 1, 1)
    with path.open("w", encoding="utf-8") as out:
        out.write(HEADER)
        for number in range(LINES):
            order, line = divmod(number, 5)
            if line == 0:
                dealer, day = chance.randrange(DEALERS), first + timedelta(days=order * 300 // (LINES // 5))
            item = "NOBODY" if number % BAD_EVERY == 0 else f"P{chance.randrange(PRODUCTS):05}"
            qty, cents = chance.randint(1, 40), chance.randint(100, 90_000)
            price, amount = f"{cents // 100}.{cents % 100:02}", f"{qty * cents // 100}.{qty * cents % 100:02}"
            out.write(f"SO{order:07},{line + 1},{day},D{dealer:05},{item},{qty},{price},0,{amount},EUR\n")


def _network() -> None:
    from django.utils import timezone

    from core.database.logins import as_owner
    from dealers.models import Dealer, Product, Territory
    from dealers.services import trees

    with as_owner():
        root = trees.plant(Territory(code="WORLD", name="World"))
        Dealer.objects.bulk_create(
            Dealer(code=f"D{i:05}", name=f"Dealer {i}", home=root, currency="EUR", status="active", sort_key=f"{i:05}",
                   created_at=timezone.now())
            for i in range(DEALERS)
        )  # fmt: skip
        Product.objects.bulk_create(Product(code=f"P{i:05}", name=f"Product {i}") for i in range(PRODUCTS))
        _run(
            "create table peer (like ledger_movement including all)",
            *(
                f"alter table peer add foreign key ({column}) references {table} (id)"
                for column, table in {
                    "dealer_id": "dealers_dealer",
                    "product_id": "dealers_product",
                    "outlet_id": "dealers_outlet",
                    "batch_id": "ledger_importbatch",
                }.items()
            ),
            "analyze dealers_dealer",
            "analyze dealers_product",
        )


def _import_in_a_child(lines: Path) -> tuple[float, float]:
    """Seconds from opening the file to the commit, and the most memory that the process ever held."""
    _checkpoint()
    child = subprocess.run(  # noqa: S603  (our own interpreter and module)
        [sys.executable, "-m", "benchmarks.bench_import_sell_in", str(lines)],
        cwd=BASE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    said, peak = (json.loads(line) for line in child.stdout.splitlines())
    assert said["read"] == LINES and said["rejected"] == LINES // BAD_EVERY == LINES - said["stored"], said
    return float(said["seconds"]), float(peak)


def _copy(rows: Path) -> float:
    """Seconds for the same rows by COPY, in the order of the file."""
    from django.db import connection

    from core.database.logins import as_owner

    with as_owner():
        with rows.open("wb") as out, connection.cursor() as cursor:
            question = f"copy (select {COLUMNS} from ledger_movement order by row) to stdout"
            with cursor.copy(question) as copy:
                for chunk in copy:
                    out.write(chunk)
        _checkpoint()
        with rows.open("rb") as stream, connection.cursor() as cursor:
            started = time.monotonic()
            with cursor.copy(f"copy peer ({COLUMNS}) from stdin") as copy:
                while chunk := stream.read(1 << 20):
                    copy.write(chunk)
            return time.monotonic() - started


def _empty() -> None:
    from core.database.logins import as_owner

    with as_owner():
        _run("truncate peer, ledger_movement, ledger_monthtotal, ledger_rejectedrow, ledger_importbatch cascade")


def _checkpoint() -> None:
    """So that neither pays for writing what the other left behind."""
    from core.database.logins import as_owner

    with as_owner():
        _run("checkpoint")


def _run(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _in_the_child(lines: str) -> None:
    """The command as an operator runs it, in the benchmark's database."""
    import django
    from django.conf import settings

    from benchmarks.__main__ import DATABASE

    settings.DATABASES["default"].update(NAME=DATABASE, USER=f"{DATABASE}_app")
    settings.DEBUG = False  # it keeps every statement in memory
    django.setup()
    from django.core.management import call_command

    call_command("import_data", "sell-in", lines)
    # Of this program alone: what getrusage tells includes the parent that it was forked from.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) / 1024)


if __name__ == "__main__":
    _in_the_child(sys.argv[1])
