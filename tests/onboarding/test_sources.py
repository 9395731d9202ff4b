"""What each source brings: in numbers that can be counted after, of a year or of all, within one's reach."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.timezone import now

from dealers.models import Dealer, Territory, User
from onboarding import sources
from onboarding.models import Application, Handling
from tests import factories
from tests.pages import text_of

type SignIn = Callable[..., Client]
type Apply = Callable[..., Application]


@pytest.fixture
def brought(apply: Apply, northgate: Dealer) -> None:
    """A fair brought two who were approved, one of them trades; online brought one rejected and one open."""
    sent = [("fair", "approved")] * 2 + [("online", "rejected"), ("online", "screening"), ("tender", "draft")]
    for number, (source, state) in enumerate(sent):
        one = apply(email=f"a{number}@oubei.example", source=source)
        at = None if state == "draft" else now()
        Application.objects.filter(pk=one.pk).update(
            state=state, submitted_at=at, closed_at=at, legal_name=f"Company {number}"
        )
        if number == 0:
            Handling.objects.create(application=one, dealer=northgate)
        if number == 1:
            Handling.objects.create(
                application=one, dealer=factories.dealer("CA", home=northgate.home, status=Dealer.Status.CANDIDATE)
            )


def test_each_source_with_what_became_of_it(brought: None, carol: User) -> None:
    table = sources.yields(carol)
    rows = {one.source: (one.sent, one.decided, one.approved, one.active) for one in table.rows}
    assert rows == {"fair": (2, 2, 2, 1), "online": (2, 1, 0, 0)}, "what is not sent yet is nobody's business"
    assert [one.share for one in (*table.rows, table.total)] == [1, 0, Decimal(2) / 3]


def test_the_page_counts_within_reach_and_by_year(
    brought: None, carol: User, south: Territory, alice: User, signed_in: SignIn
) -> None:
    Application.objects.filter(source="online").update(submitted_at=now() - timedelta(days=400))
    client = signed_in(carol)
    page = client.get("/applications/sources/")
    assert [one.source for one in page.context["table"].rows] == ["fair", "online"]
    assert "Trade fair" in text_of(page) and "100%" in text_of(page)
    this_year = client.get(f"/applications/sources/?year={page.context['years'][0]}")
    assert [one.source for one in this_year.context["table"].rows] == ["fair"]
    assert client.get("/applications/sources/?year=x").status_code == 200
    stranger = signed_in(factories.person("Sue", "account_manager", node=south)).get("/applications/sources/")
    assert "Nothing was sent yet" in text_of(stranger)
    assert signed_in(alice).get("/applications/sources/").status_code == 404
