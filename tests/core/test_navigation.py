"""The sidebar, as the rooms declare it and as each reader finds it."""

import re
from collections.abc import Callable
from fnmatch import filter as matching

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from core import doors
from core.navigation import _entries
from dealers.models import Dealer, User

type SignIn = Callable[[User], Client]
NAMES = [address.name for address in doors.addresses()]


@pytest.mark.parametrize(("entry", "covered"), [(entry.url_name, name) for entry in _entries for name in entry.covers])
def test_a_page_that_lies_under_an_entry_exists(entry: str, covered: str) -> None:
    assert matching(NAMES, covered), f"{entry} covers {covered}, which is no page"


def entries_of(client: Client, page: str = "/promises/") -> list[str]:
    return re.findall(r'<a class="item" href="([^"]*)"', client.get(page).content.decode())


def test_what_one_page_has_drawn_is_not_current_on_the_next(dave: User, signed_in: SignIn) -> None:
    client = signed_in(dave)
    for page in ("/dealers/", "/promises/", "/dealers/"):
        body = client.get(page).content.decode()
        assert re.findall(r'<a class="item" href="([^"]*)" aria-current="page">', body) == [page]


@pytest.mark.parametrize(
    ("page", "place"),
    [("meetings/", "/dealers/"), ("meetings/new/", "/meetings/"), ("promises/new/", "/promises/"), ("", "/dealers/")],
)
def test_a_page_lies_in_one_place(dave: User, signed_in: SignIn, northgate: Dealer, page: str, place: str) -> None:
    body = signed_in(dave).get(f"{northgate.get_absolute_url()}{page}").content.decode()
    assert re.findall(r'<a class="item" href="([^"]*)" aria-current="page">', body) == [place]


def test_an_entry_is_worded_in_each_reader_s_language(dave: User, carol: User, signed_in: SignIn) -> None:
    dave.language = "zh-hans"
    dave.save(update_fields=["language"])
    theirs, ours = ("Meetings</span>" in signed_in(who).get("/promises/").content.decode() for who in (dave, carol))
    assert (theirs, ours) == (False, True)


def test_who_has_another_role_since_finds_other_entries(carol: User, signed_in: SignIn) -> None:
    before = entries_of(signed_in(carol))
    carol.assignments.update(role=Group.objects.get(name="head_of_sales"))
    after = entries_of(signed_in(User.objects.get(pk=carol.pk)))
    assert len(after) > 3 and set(after) != set(before)
