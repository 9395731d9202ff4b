"""Import a file from the command line; prints one JSON summary."""

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.database.context import acting
from core.database.roles import Role
from dealers.models import User
from ledger.imports import kinds
from ledger.imports.files import COMMAND
from ledger.imports.problems import FileRefused, row_reason
from ledger.models import ImportBatch
from ledger.services import batches

_SHOWN = 20


def _pair(text: str) -> tuple[str, str]:
    column, mark, header = text.partition("=")
    if not mark:
        raise ArgumentTypeError(f"{text!r} is not COLUMN=HEADER")
    return column, header


class Command(BaseCommand):
    help = "Import KIND from FILE (CSV or XLSX, also .gz) and print one JSON summary."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[kind.code for kind in kinds.all_kinds()])
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")
        parser.add_argument("--source", default="erp", help="where the file comes from (default: erp)")
        parser.add_argument("--all-or-nothing", action="store_true", help="one bad row refuses the file")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=HEADER",
            type=_pair,
            help="which header a column stands under; without a header the column is left out",
        )
        parser.add_argument("--date-order", choices=["dmy", "mdy"], default="", help="how 03/04/2026 is meant")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        started = time.monotonic()
        try:
            with acting(Role.JOBS):
                batch, outcome = batches.post_file(
                    path,
                    options["kind"],
                    by=User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM),
                    source=options["source"],
                    choice=ImportBatch.Choice.ALL_OR_NOTHING
                    if options["all_or_nothing"]
                    else ImportBatch.Choice.GOOD_ROWS,
                    mapping=dict(options["map"]),
                    date_order=options["date_order"],
                    limits=COMMAND,
                    dry=options["dry_run"],
                )
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except FileRefused as refused:
            self.stdout.write(json.dumps({"refused": refused.code, "message": str(refused)}, ensure_ascii=False))
            raise CommandError(str(refused)) from None
        summary = {
            "kind": options["kind"],
            "file": path.name,
            "read": outcome.read,
            "stored": outcome.stored,
            "rejected": outcome.rejected,
            "duplicate": outcome.duplicate,
            "ignored": outcome.ignored,
            "warnings": outcome.warned,
            "sums": outcome.totals,
            "seconds": round(time.monotonic() - started, 3),
            "batch": None if options["dry_run"] else batch.public_id,
            "reasons": outcome.reasons,
        }
        self.stdout.write(json.dumps(summary, ensure_ascii=False))
        for reject in outcome.rejects[:_SHOWN]:
            self.stderr.write(f"row {reject.row}, {reject.column}: {reject.value!r}: {row_reason(reject.reason)}")
        if len(outcome.rejects) > _SHOWN:
            self.stderr.write(f"... and {len(outcome.rejects) - _SHOWN} more")
