"""What every declared list keeps."""

from types import SimpleNamespace

import pytest
from django import forms
from django.db import connection
from django.template.loader import get_template
from django_filters import BooleanFilter

from core.listing import all_listings
from core.listing.filters import YesNo


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


def test_no_yes_or_no_of_a_list_is_unknown_where_it_is_not_asked() -> None:
    asked = [
        (one.code, name, made.extra.get("widget"))
        for one in all_listings()
        for name, made in (one.filters.base_filters if one.filters else {}).items()
        if isinstance(made, BooleanFilter)
    ]
    assert asked and [one for one in asked if one[2] is not YesNo and one[2] is not forms.HiddenInput] == []


def test_what_another_page_chose_stands_in_the_pane_without_a_label() -> None:
    class Narrow(forms.Form):
        dealer = forms.CharField(label="Dealer", widget=forms.HiddenInput, required=False)
        state = forms.CharField(label="State", required=False)

    filters = SimpleNamespace(pane_fields=list(Narrow()))
    html = get_template("listing/pane.html").render({"page": SimpleNamespace(filters=filters)})
    assert 'type="hidden" name="dealer"' in html and ">State" in html
    assert "Dealer" not in html
