"""Assess a period from the command line; prints one JSON line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.database.context import acting
from core.database.roles import Role
from core.errors import Refused
from core.periods import Period
from dealers.models import User
from performance.services import assessments


class Command(BaseCommand):
    help = "Assess all dealers for PERIOD (2013-Q2, 2013-06, 2013) and print one JSON line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("period", help="2013-Q2, 2013-06 or 2013")
        parser.add_argument("--reason", default="", help="why a published period is computed again")
        parser.add_argument("--publish", action="store_true", help="show each dealer his card at once")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = Period.parse(options["period"])
        except ValueError as fault:
            raise CommandError(str(fault)) from None
        by = User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM)
        try:
            with acting(Role.JOBS):
                summary = assessments.assess(period, by=by, reason=options["reason"])
                if options["publish"] and summary.assessment is not None:
                    assessments.publish(summary.assessment, by=by)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            json.dumps(
                {
                    "period": period.key,
                    "edition": summary.assessment.edition if summary.assessment else None,
                    "dealers": summary.dealers,
                    "scored": summary.scored,
                    "changed": summary.changed,
                    "grades": summary.grades,
                    "coverage": str(summary.coverage) if summary.coverage is not None else None,
                    "seconds": float(summary.seconds),  # allow floats: seconds, as JSON writes them
                }
            )
        )
