"""Two people at once, on two real connections."""

import threading
import time
from collections.abc import Callable

from django.db import connection, connections, models, transaction

from core.errors import Refused


def at_once(row: models.Model, *verbs: Callable[[], object]) -> list[object]:
    """Run verbs in threads that all reach the row while it is held, so that both have read before either writes."""
    return at_once_while(lambda: type(row)._default_manager.select_for_update().get(pk=row.pk), *verbs)


def at_once_while(take: Callable[[], object], *verbs: Callable[[], object]) -> list[object]:
    """The same for verbs that wait for what `take` takes: a lock by name, say."""
    results: list[object] = []

    def run(verb: Callable[[], object]) -> None:
        try:
            results.append(verb())
        except Refused as refusal:
            results.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    with transaction.atomic():
        take()
        for thread in threads:
            thread.start()
        wait_until_blocked(len(threads))
    for thread in threads:
        thread.join(20)
    return results


def wait_until_blocked(count: int) -> None:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("select count(distinct pid) from pg_locks where not granted")
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.05)
    raise AssertionError("The verbs never reached the row.")
