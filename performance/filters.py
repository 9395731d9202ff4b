"""What people narrow scorecards by."""

import django_filters
from django.utils.translation import gettext_lazy as _

from core.listing.filters import AnyOfFilter
from core.periods import LENGTHS, Period
from dealers.filters import ANY, OfDealerFilter
from dealers.models import Dealer
from performance.models import Assessment, Scorecard


def _periods() -> list[tuple[str, str]]:
    """The periods that were assessed, latest first."""
    keys = Assessment.objects.order_by("-ends_on", "length").values_list("period", flat=True)
    return [(key, Period.parse(key).short) for key in dict.fromkeys(keys)]


class ScorecardFilter(OfDealerFilter):
    period = django_filters.ChoiceFilter(label=_("Period"), choices=_periods, empty_label=ANY)
    length = django_filters.ChoiceFilter(label=_("Length"), choices=LENGTHS, empty_label=ANY)
    grade = django_filters.CharFilter(label=_("Grade"), max_length=2)
    status = AnyOfFilter(label=_("State"), choices=Scorecard.Status.choices)
    tier = AnyOfFilter(field_name="dealer__tier", label=_("Dealer tier"), choices=Dealer.Tier.choices)
