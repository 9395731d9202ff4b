"""How much memory a sort or a join may use on the server."""

from django.db import connection

SIZE = "128MB"  # for a statement over everybody's facts; with the usual four megabytes it sorts on disk


def allow_for_all() -> None:
    """More of it for what follows in this transaction, and no longer."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('work_mem', %s, true)", [SIZE])
