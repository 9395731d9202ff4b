"""The moment up to which postings count. Posting and taking a cut-off exclude each other.

Whoever posts shares a lock until his transaction ends and stamps the batch by the database's clock. Taking a cut-off
waits until nobody holds it: what is stamped earlier is then visible, what comes later is stamped later.
"""

from datetime import datetime

from django.db import connection

from core.database.locks import hold

_NAME = "ledger posting"


def share_posting() -> None:
    """Held by whoever posts, until the posting stands."""
    hold(_NAME, shared=True)


def posted_now() -> datetime:
    """The stamp of a posting."""
    return _clock()


def take_cut_off() -> datetime:
    """A moment for which everything stamped by then can be seen from now on. The lock is let go at once."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [_NAME])
        try:
            return _clock()
        finally:
            cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [_NAME])


def _clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment
