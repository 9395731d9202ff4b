"""Propose the targets of a year to the whole network from the facts of the year before."""

import json
import time
from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.seasons import GROWTH
from contracts.services import network_targets
from core.database.context import acting
from core.database.roles import Role
from core.errors import Refused
from core.periods import Length, Period
from dealers.models import User


class Command(BaseCommand):
    help = "Propose the targets of YEAR to every dealer with a contract, and print one JSON line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year")
        parser.add_argument("--growth", default=str(GROWTH), help="put on top of last year: 0.30 is 30%%")
        parser.add_argument("--agree", default="", metavar="REASON", help="note them as agreed, with the reason")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        by = User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM)
        try:
            year, growth = Period.parse(options["year"]), Decimal(options["growth"])
        except (ValueError, InvalidOperation) as fault:
            raise CommandError(str(fault)) from None
        if year.length is not Length.YEAR:
            raise CommandError(f"{year.key} is no year: targets are proposed for a whole fiscal year.")
        try:
            with acting(Role.JOBS):
                proposed = network_targets.propose_for_all(year=year, by=by, growth=growth)
                agreed = (
                    network_targets.agree_for_all(year=year, by=by, reason=options["agree"]) if options["agree"] else 0
                )
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        seconds = round(time.monotonic() - started, 3)
        self.stdout.write(json.dumps({"year": year.key, "proposed": proposed, "agreed": agreed, "seconds": seconds}))
