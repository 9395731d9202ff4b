"""The sidebar, as the rooms declare it."""

from fnmatch import filter as matching

import pytest

from core import doors
from core.navigation import _entries

NAMES = [address.name for address in doors.addresses()]


@pytest.mark.parametrize(("entry", "covered"), [(entry.url_name, name) for entry in _entries for name in entry.covers])
def test_a_page_that_lies_under_an_entry_exists(entry: str, covered: str) -> None:
    assert matching(NAMES, covered), f"{entry} covers {covered}, which is no page"
