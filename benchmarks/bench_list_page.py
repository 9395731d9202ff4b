"""The list of 100,000 dealers with its whole frame, in-process and signed in, beside Django's admin of the same."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from statistics import median
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks import Figure, benchmark, network
from core.database.context import acting
from core.database.logins import as_owner
from core.database.roles import Role
from core.search.grams import matching
from dealers.models import Assignment, Dealer, Territory, User

ROUNDS = 15
LIST, PEER = "/dealers/", "/peer/dealers/dealer/"
SEARCHES = {
    "rare word": network.RARE,
    "common word": network.COMMON,
    "middle of a word": "ngzh",
    "rare Chinese word": network.RARE_ZH,
    "common Chinese word": network.COMMON_ZH,
    "one Chinese character": network.RARE_ZH[0],
}


@benchmark
def against_the_admin() -> Iterator[Figure]:
    with _house() as (head, admin):
        ours, peer = _alternate(_get(head, LIST), _get(admin, PEER))
        yield Figure("list_page.first_page", ours, "ms", peer=peer, goal=0.5)
        for name in ("rare word", "common word", "common Chinese word"):
            word = quote(SEARCHES[name])
            ours, peer = _alternate(_get(head, f"{LIST}?search={word}"), _get(admin, f"{PEER}?q={word}"))
            yield Figure(f"list_page.search, {name}", ours, "ms", peer=peer, goal=0.5)


@benchmark
def the_last_page() -> Iterator[Figure]:
    with _house() as (head, _admin):
        for name, query in {"by name": "", "by date": "sort=-since", "in a region": "territory=R3"}.items():
            last, first = _alternate(_get(head, f"{LIST}?{query}&last=1"), _get(head, f"{LIST}?{query}"))
            yield Figure(f"list_page.last page, {name}", last, "ms", peer=first, goal=1.3)


@benchmark
def queries() -> Iterator[Figure]:
    """Statements about rows; entering the role and marking the transaction are not counted."""
    with _house() as (head, _admin):
        for name, query in {"first page": "", "search": "search=trade", "filter": "territory=R3&tier=gold"}.items():
            with CaptureQueriesContext(connection) as asked:
                head.get(f"{LIST}?{query}")
            count = sum(_is_question(one["sql"]) for one in asked.captured_queries)
            yield Figure(f"list_page.queries, {name}", count, "statements", limit=6, goal=1.0)


@benchmark
def the_index_under_row_policies() -> Iterator[Figure]:
    """Time with the second wall against time without, and scans of the whole table that the plans contain."""
    with _house() as (_head, _admin):
        sql, params = matching(Dealer.objects.all(), network.RARE).values("pk").query.sql_with_params()
        with acting(Role.STAFF):
            with_wall = _asked(sql, params)
        with as_owner():
            without = _asked(sql, params)
        yield Figure("list_page.rare word under row policies", with_wall, "ms", peer=without, goal=2.0)
        for who, role, dealer_id in (("staff", Role.STAFF, None), ("a dealer", Role.DEALER, 77_777)):
            with acting(role, dealer_id=dealer_id):
                scans = sum(_scans(matching(Dealer.objects.all(), word)) for word in SEARCHES.values())
            yield Figure(f"list_page.searches by {who} that scan the table", scans, "of 6", limit=1, goal=0)


# ---- inside ------------------------------------------------------------------------------------
@contextmanager
def _house() -> Iterator[tuple[Client, Client]]:
    with override_settings(ROOT_URLCONF="benchmarks.peer_admin", ALLOWED_HOSTS=["testserver"], DEBUG=False):
        _network()
        yield _client("head@example.com"), _client("admin@example.com")


@cache
def _network() -> None:
    with as_owner():
        User.objects.bulk_create(
            User(email=f"m{i}@example.com", name=f"Manager {i}", kind=User.Kind.STAFF, password="!")  # noqa: S106
            for i in range(20)
        )
        network.build()
        for email, role in (("head@example.com", "head_of_sales"), ("admin@example.com", "administrator")):
            user = User.objects.create(email=email, name=role, kind=User.Kind.STAFF, password="!")  # noqa: S106
            Assignment.objects.create(user=user, role=Group.objects.get(name=role), starts_on=date(2020, 1, 1))
        assert Dealer.objects.count() == network.DEALERS and Territory.objects.count() == 111


def _client(email: str) -> Client:
    client = Client()
    with as_owner():
        user = User.objects.get(email=email)
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def _get(client: Client, url: str) -> Callable[[], float]:
    def once() -> float:
        started = time.perf_counter()
        response = client.get(url)
        took = 1000 * (time.perf_counter() - started)
        assert response.status_code == 200, (url, response.status_code)
        return took

    return once


def _alternate(ours: Callable[[], float], peer: Callable[[], float]) -> tuple[float, float]:
    """Medians of both, taking turns so that what else runs on the machine hits both alike."""
    for warm in (ours, peer, ours, peer):
        warm()
    pairs = [(ours(), peer()) for _ in range(ROUNDS)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _asked(sql: str, params: Any) -> float:
    times = []
    with connection.cursor() as cursor:
        for _ in range(10 * ROUNDS):
            started = time.perf_counter()
            cursor.execute(sql, params)
            cursor.fetchall()
            times.append(1000 * (time.perf_counter() - started))
    return median(times)


def _is_question(sql: str) -> bool:
    start = sql.strip().lower()
    return start.startswith(("select", "insert", "update", "delete", "with")) and "set_config" not in start


def _scans(found: Any) -> bool:
    """Does the first page of these rows read the whole table?"""
    sql, params = found.order_by("sort_key", "pk").values("pk")[:51].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"explain (format json) {sql}", params)
        plan = cursor.fetchone()[0]
    return '"Node Type": "Seq Scan"' in (plan if isinstance(plan, str) else json.dumps(plan))
