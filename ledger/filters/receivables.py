"""What people narrow receivables by."""

from django.utils.translation import gettext_lazy

from core.listing import ListFilter
from dealers.filters import NodeFilter, PersonFilter, managers, territories


class ReceivablesFilter(ListFilter):
    territory = NodeFilter(field_name="home", label=gettext_lazy("Territory and below"), queryset=territories)
    manager = PersonFilter(field_name="manager", label=gettext_lazy("Account manager"), queryset=managers)
