"""What every declared list keeps."""

import pytest
from django.db import connection

from core.listing import all_listings


@pytest.mark.django_db
def test_every_order_that_a_list_offers_has_its_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select indexname from pg_indexes where schemaname = 'public'")
        known = {name for (name,) in cursor.fetchall()}
    lacking = [
        f"{one.code}.{column.code}: {column.sort.index}"
        for one in all_listings()
        for column in one.columns
        if column.sort and column.sort.index not in known
    ]
    assert all_listings() and lacking == []
