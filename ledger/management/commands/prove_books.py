"""Prove the books now; prints one JSON line."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.database.context import acting
from core.database.roles import Role
from ledger.proof import prove


class Command(BaseCommand):
    help = "Count entries without a parent, totals and balances that differ; prints JSON, exit code 1 if any is found."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        with acting(Role.JOBS):
            proof = prove(on=timezone.localdate())
        seconds = round(time.monotonic() - started, 3)
        self.stdout.write(json.dumps(proof.as_json() | {"seconds": seconds}))
        if not proof.is_sound:
            raise CommandError(proof.sentence())
