"""What people narrow meetings and promises by."""

from typing import Any

import django_filters
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from communications.models import ActionItem, Announcement, Meeting, Side, Touchpoint
from communications.models.action_item import KEPT, STANDS, broken
from communications.models.announcement import AnnouncementCopyQuerySet
from communications.models.touchpoint import silent
from core.listing import ListFilter
from core.listing.filters import AnyOfFilter, YesNoFilter
from core.search.grams import matching
from dealers.filters import ANY, OfDealerFilter, narrow_dealers_by
from ledger.filters.entries import DealerChoice, HiddenChoice

WHEN = [("coming", gettext_lazy("Coming")), ("past", gettext_lazy("Past"))]
OUTCOMES = [
    ("open", pgettext_lazy("promise", "Open")),
    ("overdue", pgettext_lazy("promise", "Overdue")),
    ("kept", pgettext_lazy("promise", "Kept")),
    ("broken", pgettext_lazy("promise", "Broken")),
    ("waiting", pgettext_lazy("promise", "Not accepted yet")),
    ("contested", pgettext_lazy("promise", "Contested")),
]
MINE = [("mine", gettext_lazy("My own"))]


class MeetingFilter(OfDealerFilter):
    dealer = DealerChoice()
    state = AnyOfFilter(label=gettext_lazy("State"), choices=Meeting.State.choices)
    level = django_filters.ChoiceFilter(
        label=pgettext_lazy("of a meeting", "Level"), choices=Meeting.Level.choices, empty_label=ANY
    )
    when = django_filters.ChoiceFilter(label=gettext_lazy("When"), choices=WHEN, method="at_the_time", empty_label=ANY)
    series = YesNoFilter(
        label=gettext_lazy("By agreed rhythm"), field_name="rhythm", lookup_expr="isnull", exclude=True
    )
    organiser = django_filters.ChoiceFilter(
        label=gettext_lazy("Organiser"), choices=MINE, method="organised", empty_label=ANY
    )
    since = django_filters.DateFilter(label=gettext_lazy("Since"), field_name="starts_at", lookup_expr="date__gte")
    until = django_filters.DateFilter(label=gettext_lazy("Until"), field_name="starts_at", lookup_expr="date__lte")

    def organised(self, queryset: models.QuerySet[Meeting], _name: str, _value: str) -> models.QuerySet[Meeting]:
        return queryset.filter(organiser_id=self.user.pk)

    def search_by(self, queryset: models.QuerySet[Any], _name: str, value: str) -> models.QuerySet[Any]:
        named = matching(Meeting.objects.visible_to(self.user).order_by(), value)
        return queryset.filter(self.of_dealer(value) | models.Q(pk__in=named.values("pk")))

    def at_the_time(self, queryset: models.QuerySet[Meeting], _name: str, value: str) -> models.QuerySet[Meeting]:
        lookup = "starts_at__gte" if value == "coming" else "starts_at__lt"
        return queryset.filter(**{lookup: timezone.now()})


def _sides() -> list[tuple[str, str]]:
    return [(Side.US.value, settings.MANUFACTURER_NAME), (Side.DEALER.value, str(Side.DEALER.label))]


class ActionFilter(ListFilter):
    dealer = DealerChoice()
    side = django_filters.ChoiceFilter(label=gettext_lazy("Side"), choices=_sides, empty_label=ANY)
    outcome = django_filters.ChoiceFilter(
        label=gettext_lazy("Outcome"), choices=OUTCOMES, method="with_outcome", empty_label=ANY
    )
    owner = django_filters.ChoiceFilter(
        label=pgettext_lazy("of a task", "Owner"), choices=MINE, method="owned", empty_label=ANY
    )

    def with_outcome(
        self, queryset: models.QuerySet[ActionItem], _name: str, value: str
    ) -> models.QuerySet[ActionItem]:
        today = timezone.localdate()
        found = {
            "open": STANDS & models.Q(state=ActionItem.State.OPEN),
            "overdue": STANDS & models.Q(state=ActionItem.State.OPEN, due_on__lt=today),
            "waiting": models.Q(claim=ActionItem.Claim.WAITING),
            "contested": models.Q(claim=ActionItem.Claim.CONTESTED),
            "kept": KEPT,
            "broken": broken(on=today),
        }
        return queryset.filter(found[value])

    def owned(self, queryset: models.QuerySet[ActionItem], _name: str, _value: str) -> models.QuerySet[ActionItem]:
        return queryset.filter(owner_id=self.user.pk)


class TouchpointFilter(OfDealerFilter):
    dealer = DealerChoice()
    kind = AnyOfFilter(label=gettext_lazy("Kind"), choices=Touchpoint.Kind.choices)
    about = AnyOfFilter(label=pgettext_lazy("contact", "About"), choices=Touchpoint.About.choices)
    by = django_filters.ChoiceFilter(label=gettext_lazy("By"), choices=MINE, method="noted_by", empty_label=ANY)
    since = django_filters.DateFilter(label=gettext_lazy("Since"), field_name="at", lookup_expr="date__gte")

    def noted_by(self, queryset: models.QuerySet[Touchpoint], _name: str, _value: str) -> models.QuerySet[Touchpoint]:
        return queryset.filter(author_id=self.user.pk)

    def search_by(self, queryset: models.QuerySet[Any], _name: str, value: str) -> models.QuerySet[Any]:
        said = matching(Touchpoint.objects.visible_to(self.user).order_by(), value)
        return queryset.filter(self.of_dealer(value) | models.Q(pk__in=said.values("pk")))


class SilenceFilter(django_filters.ChoiceFilter):
    """Dealers who hear from us, or who have not for longer than was agreed."""

    def __init__(self) -> None:
        choices = [("silent", gettext_lazy("Silent for longer than agreed"))]
        super().__init__(label=pgettext_lazy("with a dealer", "Contact"), choices=choices, empty_label=ANY)

    def filter(self, qs: models.QuerySet[Any], value: str) -> models.QuerySet[Any]:
        return qs.filter(silent(on=timezone.localdate())) if value else qs


narrow_dealers_by(contact=SilenceFilter())


# ---- announcements -----------------------------------------------------------------------------
READ = [
    ("open", pgettext_lazy("announcement", "Not read or confirmed yet")),
    ("read", pgettext_lazy("announcement", "Read")),
    ("confirmed", pgettext_lazy("announcement", "Confirmed")),
]


class AnnouncementFilter(ListFilter):
    state = AnyOfFilter(label=gettext_lazy("State"), choices=Announcement.State.choices)
    needs_confirmation = YesNoFilter(label=gettext_lazy("Confirmation asked for"))


def announcements(asker: Any) -> models.QuerySet[Announcement]:
    return Announcement.objects.visible_to(asker.user)


class ReadersFilter(OfDealerFilter):
    announcement = HiddenChoice(label=gettext_lazy("Announcement"), queryset=announcements)
    reading = django_filters.ChoiceFilter(
        label=gettext_lazy("Reading"), choices=READ, method="by_reading", empty_label=ANY
    )

    def by_reading(self, queryset: AnnouncementCopyQuerySet, _name: str, value: str) -> AnnouncementCopyQuerySet:
        if value == "open":
            return queryset.unread()
        return queryset.filter(**{f"{value}_at__isnull": False})


class NewsFilter(ListFilter):
    reading = django_filters.ChoiceFilter(
        label=gettext_lazy("Reading"), choices=READ[:1], method="still_open", empty_label=ANY
    )

    def still_open(self, queryset: AnnouncementCopyQuerySet, _name: str, _value: str) -> AnnouncementCopyQuerySet:
        return queryset.unread()
