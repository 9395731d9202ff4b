"""Load the demo network into an empty development database."""

import json
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from config.demo import DOMAIN, PASSWORD, network, people, places, recruiting, rhythm, signing, talks, trade
from config.demo.tables import rows
from core.database.context import acting
from core.database.roles import Role
from dealers.models import Dealer

_SHOWN = (  # one for each role, and a second dealer from another market
    *("lin.yue", "zhou.min", "wang.fang", "mark.jansen", "elena.rossi", "zhang.wei", "chen.jing", "anna.vogel"),
    *("li.na", "nora.lindt", "admin", "chen.guodong", "office.d0001", "marco.bianchi"),
)
_THEIRS = {"chen.guodong": "dealer_executive", "marco.bianchi": "dealer_executive", "office.d0001": "dealer_staff"}


class Command(BaseCommand):
    help = "Load the demo network: a manufacturer, its people and sixty dealers (development only, empty database)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo network has a known password: it loads in development only.")
        started = time.monotonic()
        with transaction.atomic():
            with acting(Role.JOBS):
                if Dealer.objects.exists():
                    raise CommandError("There are dealers already: the demo network loads into an empty database only.")
            places.build()
            staff, today = people.staff(), timezone.localdate()
            made = network.build(staff, today)
            trade.build(made, staff, today)
            rhythm.agree()
            signing.build(staff, people.executives())
            talks.build(made, staff, today)
            rhythm.build(made, staff, today)
            recruiting.build(staff, today)
            people.stand_in(staff, today)
        self._leave_logins()
        self.stdout.write(f"The demo network is loaded ({time.monotonic() - started:.0f} s).")

    def _leave_logins(self) -> None:
        """One login per role for whoever starts the portal; read by the run command."""
        roles = {row["login"]: row["role"] for row in rows("people")}
        logins = [
            {"role": (roles | _THEIRS)[login], "login": f"{login}@{DOMAIN}", "password": PASSWORD} for login in _SHOWN
        ]
        left = {"database": settings.DATABASES["default"]["NAME"], "logins": logins}
        (settings.VAR_DIR / "demo.json").write_text(json.dumps(left, ensure_ascii=False), encoding="utf-8")
