"""The tabs of a dealer's file: addresses of their own. A room adds its tab when it has something to show there.

tabs.add(Tab("targets", _("Targets"), "contracts:targets", order=20, permission="contracts.view_target"))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from core.counting import counts
from dealers.models import Dealer, User

type Count = Callable[[User, Dealer], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Tab:
    """`url_name` takes the dealer's public id. `count` is shown behind the label; `ours_only` hides it from dealers."""

    code: str
    label: "str | Promise"
    url_name: str
    order: int = 50
    permission: str = ""
    ours_only: bool = False
    count: Count | None = None

    def is_open_to(self, user: User) -> bool:
        return (user.is_ours or not self.ours_only) and (not self.permission or user.has_perm(self.permission))


@dataclass(frozen=True, slots=True)
class ShownTab:
    label: "str | Promise"
    url: str
    count: int | None
    is_current: bool


_tabs: dict[str, Tab] = {}


def add(*tabs: Tab) -> None:
    for tab in tabs:
        if tab.code in _tabs:
            raise ValueError(f"The tab {tab.code} is added twice")
        _tabs[tab.code] = tab


def shown(user: User, dealer: Dealer, current: str) -> list[ShownTab]:
    """The tabs that this reader may open, with their counts by one statement."""
    open_tabs = sorted((tab for tab in _tabs.values() if tab.is_open_to(user)), key=lambda tab: tab.order)
    numbers = counts({tab.code: tab.count(user, dealer) for tab in open_tabs if tab.count})
    return [
        ShownTab(
            tab.label,
            reverse(tab.url_name, args=[dealer.public_id]),
            numbers.get(tab.code) or None,
            tab.code == current,
        )
        for tab in open_tabs
    ]
