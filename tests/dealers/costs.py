"""What a page costs. A list must cost the same however long it is."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def cost(client: Client, path: str) -> int:
    """How many statements the page needs."""
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)
