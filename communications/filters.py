"""What people narrow meetings and promises by."""

from typing import Any

import django_filters
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from communications.models import ActionItem, Meeting, Side
from communications.models.action_item import KEPT, broken
from core.listing import ListFilter
from core.listing.filters import AnyOfFilter
from dealers.filters import ANY
from ledger.filters.entries import HiddenChoice, dealers

WHEN = [("coming", gettext_lazy("Coming")), ("past", gettext_lazy("Past"))]
OUTCOMES = [
    ("open", pgettext_lazy("promise", "Open")),
    ("overdue", pgettext_lazy("promise", "Overdue")),
    ("kept", pgettext_lazy("promise", "Kept")),
    ("broken", pgettext_lazy("promise", "Broken")),
]
MINE = [("mine", gettext_lazy("My own"))]


class MeetingFilter(ListFilter):
    dealer = HiddenChoice(label=gettext_lazy("Dealer"), queryset=dealers)
    state = AnyOfFilter(label=gettext_lazy("State"), choices=Meeting.State.choices)
    level = django_filters.ChoiceFilter(
        label=pgettext_lazy("of a meeting", "Level"), choices=Meeting.Level.choices, empty_label=ANY
    )
    when = django_filters.ChoiceFilter(label=gettext_lazy("When"), choices=WHEN, method="at_the_time", empty_label=ANY)

    def at_the_time(self, queryset: Any, _name: str, value: str) -> models.QuerySet[Meeting]:
        lookup = "starts_at__gte" if value == "coming" else "starts_at__lt"
        return queryset.filter(**{lookup: timezone.now()})  # type: ignore[no-any-return]


class ActionFilter(ListFilter):
    dealer = HiddenChoice(label=gettext_lazy("Dealer"), queryset=dealers)
    side = django_filters.ChoiceFilter(label=gettext_lazy("Side"), choices=Side.choices, empty_label=ANY)
    outcome = django_filters.ChoiceFilter(
        label=gettext_lazy("Outcome"), choices=OUTCOMES, method="with_outcome", empty_label=ANY
    )
    owner = django_filters.ChoiceFilter(
        label=pgettext_lazy("of a task", "Owner"), choices=MINE, method="owned", empty_label=ANY
    )

    def with_outcome(self, queryset: Any, _name: str, value: str) -> models.QuerySet[ActionItem]:
        today = timezone.localdate()
        found = {
            "open": models.Q(state=ActionItem.State.OPEN),
            "overdue": models.Q(state=ActionItem.State.OPEN, due_on__lt=today),
            "kept": KEPT,
            "broken": broken(on=today),
        }
        return queryset.filter(found[value])  # type: ignore[no-any-return]

    def owned(self, queryset: Any, _name: str, _value: str) -> models.QuerySet[ActionItem]:
        return queryset.filter(owner_id=self.request.user.pk)  # type: ignore[no-any-return, union-attr]
