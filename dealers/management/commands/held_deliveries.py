"""Decide about the messages that a restore has held."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count

from core.database.context import acting
from core.database.roles import Role
from dealers import holding


class Command(BaseCommand):
    help = "Show the messages held after a restore; --release sends them, --discard never will."

    def add_arguments(self, parser: CommandParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--release", action="store_true")
        choice.add_argument("--discard", action="store_true")

    def handle(self, *args: Any, release: bool, discard: bool, **options: Any) -> None:
        with acting(Role.JOBS):
            if release:
                self.stdout.write(f"Released: {holding.release()}")
            elif discard:
                self.stdout.write(f"Discarded: {holding.discard()}")
            else:
                for row in holding.held().order_by("channel").values("channel").annotate(number=Count("pk")):
                    self.stdout.write(f"Held: {row['number']} by {row['channel']}")
