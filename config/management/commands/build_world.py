"""A world to try the walls on, with a list of everything and everybody in it."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core import worlds
from core.database.context import acting
from core.database.roles import Role
from dealers.models import Dealer


class Command(BaseCommand):
    help = "Build a deterministic world of dealers for isolation tests; write accounts, objects and canaries to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, required=True, help="the same seed gives the same world")
        parser.add_argument("--dealers", type=int, default=3, help="how many dealers (3 when not given)")
        parser.add_argument("--out", type=Path, required=True, help="where to write what is in it, as JSON")
        parser.add_argument(
            "--variant", type=int, choices=[1, 2], default=1, help="2 differs only in dealers other than the first"
        )
        parser.add_argument(
            "--starts",
            type=datetime.fromisoformat,
            help="the world's clock, ISO 8601 (today, 00:00 UTC, when not given)",
        )
        parser.add_argument("--force", action="store_true", help="also in a database that already has dealers")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "A world has passwords that anybody can compute: it is for development (DEBUG=True) only."
            )
        if options["dealers"] < 1 or options["dealers"] > 999:
            raise CommandError("--dealers: between 1 and 999.")
        starts = options["starts"] or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if starts.tzinfo is None:
            starts = starts.replace(tzinfo=UTC)
        world = worlds.World(options["seed"], options["dealers"], options["variant"], starts)
        with transaction.atomic():
            if not options["force"]:
                self._refuse_if_inhabited()
            worlds.build(world)
        options["out"].write_text(json.dumps(world.as_dict(), indent=1, ensure_ascii=False) + "\n")
        self.stdout.write(
            f"{world.size} dealers, {len(world.accounts)} accounts, {len(world.things)} objects: {options['out']}"
        )

    @staticmethod
    def _refuse_if_inhabited() -> None:
        with acting(Role.JOBS):
            if Dealer.objects.exists():
                raise CommandError("This database already has dealers. Take an empty one, or say --force.")
