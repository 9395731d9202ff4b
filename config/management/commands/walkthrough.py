"""Walk the whole road on real data: network, terms, facts, scores. Prints one JSON line.

Made for the AdventureWorks set (a bicycle maker and its resellers). Needs an empty database; `make walkthrough`
gives it one of its own.
"""

import csv
import gzip
import json
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from contracts.services import network_targets
from core.database.context import acting
from core.database.roles import Role
from core.periods import Period
from dealers.models import Company, Dealer, User
from ledger.imports.files import COMMAND
from ledger.imports.problems import FileRefused
from ledger.services import batches
from performance.services import assessments

YEAR = "2013"
FILES = (
    ("territories", "territories.csv"),
    ("product-lines", "product_lines.csv"),
    ("products", "products.csv"),
    ("dealers", "resellers.csv"),
    ("exchange-rates", "currency_rates.csv"),
    ("sell-in", "sell_in.csv.gz"),
    ("invoices", "invoices.csv"),
)
REASON = "Targets of the walkthrough: last year's sell-in and 30% on top."
_CONTRACTS = ("dealer_code", "contract_no", "starts_on", "ends_on", "currency", "payment_days", "jurisdiction")


class Command(BaseCommand):
    help = "Import FOLDER (the AdventureWorks set), agree targets, assess 2013 by quarters; prints one JSON line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="holds territories.csv, resellers.csv, sell_in.csv.gz, ...")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        lacking = [name for _kind, name in FILES if not (folder / name).is_file()]
        if lacking:
            raise CommandError(f"{folder} lacks {', '.join(lacking)}.")
        self.steps: dict[str, dict[str, Any]] = {}
        started = time.monotonic()
        with self._step("migrate"):
            call_command("migrate", verbosity=0)
        self.by = User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM)
        self._refuse_filled()
        for kind, name in FILES:
            self._bring(kind, folder / name)
        self._agree()
        cards = self._assess()
        sums, equal = self._compare(folder / "sell_in.csv.gz")
        total = round(time.monotonic() - started, 3)
        told = {"steps": self.steps, "sums": sums, "sums_equal": equal, **cards, "total_seconds": total}
        self.stdout.write(json.dumps(told))
        if not equal:
            raise CommandError("The ledger's sums differ from the file's.")

    @contextmanager
    def _step(self, name: str) -> Iterator[dict[str, Any]]:
        """Time one step; what it counts is told beside its seconds."""
        self.stderr.write(f"{name} ...", ending="")
        self.stderr.flush()
        started = time.monotonic()
        told: dict[str, Any] = {}
        yield told
        told["seconds"] = round(time.monotonic() - started, 3)
        self.steps[name] = told
        self.stderr.write(f" {told['seconds']} s")

    def _refuse_filled(self) -> None:
        with acting(Role.JOBS):
            if Dealer.objects.exists():
                raise CommandError("There are dealers already: the walkthrough needs an empty database.")
            Company.objects.get_or_create(
                code="AW", defaults={"name": "Adventure Works", "country": "US", "currency": "USD"}
            )

    def _bring(self, kind: str, path: Path) -> None:
        with self._step(kind) as told, acting(Role.JOBS):
            try:
                _batch, outcome = batches.post_file(path, kind, by=self.by, limits=COMMAND)
            except FileRefused as refused:
                raise CommandError(f"{path.name}: {refused}") from None
            told |= {"read": outcome.read, "stored": outcome.stored, "rejected": outcome.rejected}

    def _agree(self) -> None:
        """A contract for the year with every reseller, in the currency he mostly buys in; targets from last year."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "contracts.csv"
            with path.open("w", encoding="utf-8", newline="") as stream:
                table = csv.writer(stream)
                table.writerow(_CONTRACTS)
                table.writerows(self._contracts())
            self._bring("contracts", path)
        with self._step("targets") as told, acting(Role.JOBS):
            year = Period.parse(YEAR)
            told["proposed"] = network_targets.propose_for_all(year=year, by=self.by)
            told["agreed"] = network_targets.agree_for_all(year=year, by=self.by, reason=REASON)

    def _contracts(self) -> list[tuple[str, ...]]:
        with acting(Role.JOBS), connection.cursor() as cursor:
            cursor.execute(
                "select d.code, coalesce((select m.currency from ledger_monthtotal m where m.dealer_id = d.id "
                "group by 1 order by sum(m.entries) desc, 1 limit 1), 'USD'), d.country "
                "from dealers_dealer d order by 1"
            )
            return [
                (code, f"{code}-{YEAR}", f"{YEAR}-01-01", f"{YEAR}-12-31", currency, "30",
                 {"US": "US", "FR": "EU", "DE": "EU"}.get(country, "OTHER"))
                for code, currency, country in cursor.fetchall()
            ]  # fmt: skip

    def _assess(self) -> dict[str, Any]:
        quarters: dict[str, Any] = {}
        for number in range(1, 5):
            key = f"{YEAR}-Q{number}"
            with self._step(f"assess {key}") as told, acting(Role.JOBS):
                summary = assessments.assess(Period.parse(key), by=self.by)
                assert summary.assessment is not None  # noqa: S101  (an empty database has no edition to equal)
                assessments.publish(summary.assessment, by=self.by)
                told["dealers"] = summary.dealers
            quarters[key] = {
                "scorecards": summary.dealers,
                "scored": summary.scored,
                "grades": summary.grades,
                "coverage": str(summary.coverage),
            }
        return {"assessments": quarters}

    def _compare(self, path: Path) -> tuple[dict[str, dict[str, dict[str, str]]], bool]:
        """Sums per year and currency, of the file read plainly and of the ledger; equal in all four decimals."""
        of_file: dict[tuple[str, str], Decimal] = {}
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                key = (row["order_date"][:4], row["currency"])
                of_file[key] = of_file.get(key, Decimal(0)) + Decimal(row["amount"])
        with acting(Role.JOBS), connection.cursor() as cursor:
            cursor.execute(
                "select extract(year from occurred_on)::int::text, currency, sum(amount) from ledger_movement "
                "where level = 1 group by 1, 2"
            )
            of_ledger = {(year, currency): total for year, currency, total in cursor.fetchall()}
        sums: dict[str, dict[str, dict[str, str]]] = {}
        for year, currency in sorted(of_file.keys() | of_ledger.keys()):
            sums.setdefault(year, {})[currency] = {
                "file": f"{of_file.get((year, currency), Decimal(0)):.4f}",
                "ledger": f"{of_ledger.get((year, currency), Decimal(0)):.4f}",
            }
        return sums, of_file == of_ledger
