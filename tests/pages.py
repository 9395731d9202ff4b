"""Looking at pages: what they say, and what they cost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

# Entering and leaving the role costs one statement in production; the suite's superuser needs more of them.
_AROUND = re.compile(
    r"^\s*(savepoint|release|rollback|reset role|set local|select set_config|select current_setting)", re.I
)


def is_question(statement: str) -> bool:
    """Whether a statement is about rows: neither a mark of a transaction nor a role that is entered or left."""
    return not _AROUND.match(statement)


@contextmanager
def at_most(number: int) -> Iterator[None]:
    """The block may ask the database this many questions."""
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [query["sql"] for query in captured if is_question(query["sql"])]
    assert len(asked) <= number, f"{len(asked)} questions instead of {number}:\n" + "\n".join(q[:160] for q in asked)


def count_of(captured: CaptureQueriesContext) -> int:
    return sum(is_question(query["sql"]) for query in captured)


_TAG = re.compile(r"<[^>]*>")


def text_of(response: Any) -> str:
    """What a page says, without its markup: tokens and public ids are random, and hold any few letters by chance."""
    return " ".join(unescape(_TAG.sub(" ", response.content.decode())).split())
