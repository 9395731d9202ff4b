"""The administration in a real browser: the policy refuses nothing, its scripts work, both appearances are ours."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from dealers.models import Dealer, Product, ProductLine, Terminal, Territory, User
from scripts.browsing import CHROMIUM
from tests import factories
from tests.config.test_admin import proven

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium found"),
    pytest.mark.django_db(transaction=True),
]
FOR_LOOKING = {"contracts.rulepack", "performance.scorecardtemplate"}  # changed on their own pages


@pytest.fixture
def session(erin: User, northgate: Dealer, carol: User, signed_in: Callable[[User], Client]) -> str:
    line = factories.product_line("TAPS", name="Taps")
    Product.objects.create(code="T-1", name="Tap", line=line)
    factories.company()
    Terminal.objects.create(
        code="M-1", name="Market", outlet_class="retailer", territory=Territory.objects.get(code="NORTH")
    )
    return proven(signed_in, erin).cookies[settings.SESSION_COOKIE_NAME].value


def test_every_page_works_under_the_policy(browse: Any, session: str, live_server: Any) -> None:
    page = browse(live_server.url, session)
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        addresses = [reverse(f"{name}_changelist")]
        if row is not None:
            addresses += [reverse(f"{name}_change", args=[row.pk]), reverse(f"{name}_history", args=[row.pk])]
        if (
            model._meta.label_lower not in {"dealers.dealer", "dealers.signin", "dealers.user"}
            and model._meta.label_lower not in FOR_LOOKING
        ):
            addresses.append(reverse(f"{name}_add"))
        for address in addresses:
            assert page.goto(live_server.url + address).status == 200
            assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Inter Variable"')


def test_a_territory_is_found_by_typing_and_a_product_line_is_added(
    browse: Any, session: str, live_server: Any
) -> None:
    page = browse(live_server.url, session)
    page.goto(live_server.url + reverse("admin:dealers_territory_add"))
    page.locator(".field-parent .select2-selection").click()
    page.locator(".select2-search__field").fill("nor")
    page.locator(".select2-results__option", has_text="North").click()
    page.fill("[name=code]", "NE")
    page.fill("[name=name]", "Northeast")
    page.locator("[name=_save]").click()
    assert "was added successfully" in page.inner_text(".messagelist")
    assert Territory.objects.get(code="NE").parent.code == "NORTH"  # type: ignore[union-attr]
    assert not ProductLine.objects.filter(code="NE").exists()


@pytest.mark.parametrize("case", ["auto on dark", "auto on light", "light on dark", "dark on light"])
def test_the_appearance_is_the_accounts(case: str, browse: Any, session: str, erin: User, live_server: Any) -> None:
    theme, device = case.split(" on ")
    User.objects.filter(pk=erin.pk).update(theme=theme)
    page = browse(live_server.url, session, color_scheme=device)
    page.goto(live_server.url + reverse("admin:index"))
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    is_dark = "dark" in (theme, device) and theme != "light"
    assert background == ("rgb(17, 20, 26)" if is_dark else "rgb(255, 255, 255)")
