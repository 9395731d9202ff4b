"""Trying things and undoing them, tens of thousands of times.

A block of its own for each would cost three statements, whether or not anything was written. Here all that a test
tries comes back to one savepoint, and only after a statement that can write.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction

from tests.pages import is_question

# Statements that write no row: reads as the ORM words them (what a policy or a column calls in them is stable, so the
# database lets it read only), savepoints, and settings that end with the savepoint around them.
_READS = re.compile(
    r"\s*(savepoint |release savepoint |rollback to savepoint "
    r"|select (distinct )?(\"|%s as \"(a|_check)\"|count\(|\(1\)|1 as )"
    r"|select current_setting\(|(set local session authorization \"\w+\"; )?\s*select set_config\("
    r"|reset role; set local session authorization default;\s*select set_config\()",
    re.IGNORECASE,
)


class Trial:
    """What is known of a block that is undone: whether a statement in it could have written, and how many asked."""

    def __init__(self) -> None:
        self.may_have_written = False
        self.questions = 0

    def watch(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Stands around every statement of the block."""
        if not (isinstance(sql, str) and _READS.match(sql)):
            self.may_have_written = True
        self.questions += is_question(str(sql))
        try:
            return execute(sql, params, many, context)
        except DatabaseError:  # outside any block of the request's own, the transaction would stay broken
            self.may_have_written = True
            raise


class _Point:
    """The savepoint to come back to, and the blocks that it stands in: it ends with the innermost of them."""

    inside: tuple[str, ...] | None = None
    name: str | None = None

    @classmethod
    def here(cls) -> str | None:
        if cls.inside != (here := tuple(connection.savepoint_ids)):
            cls.inside, cls.name = here, connection.savepoint()
        return cls.name


@contextmanager
def undone() -> Iterator[Trial]:
    """Whatever the block writes is undone at its end. Blocks do not nest."""
    point, trial = _Point.here(), Trial()
    waiting = len(connection.run_on_commit)
    try:
        with connection.execute_wrapper(trial.watch):
            yield trial
    finally:
        if trial.may_have_written and point:
            transaction.savepoint_rollback(point)
        del connection.run_on_commit[waiting:]
        connection.needs_rollback = False


def depth() -> int:
    """How many savepoints stand around a block that is undone, without its own."""
    return len(_Point.inside or ())
