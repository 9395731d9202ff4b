from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.scoped_fields import ScopedForm
from dealers.forms.nodes import NodeField
from dealers.models import Dealer, Outlet, OutletIdentity, Territory
from dealers.models.outlet import OutletClass


class OutletForm(ScopedForm, forms.Form):
    """A customer as his dealer types it: who it is first, then what the manufacturer sees as well."""

    name = forms.CharField(label=_("Name"), max_length=200)
    contact = forms.CharField(label=_("Contact"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    outlet_class = forms.ChoiceField(label=_("Class"), choices=OutletClass)
    territory = NodeField(Territory, label=_("Area"), narrow=lambda nodes: nodes.filter(is_archived=False))
    since = forms.DateField(
        label=_("Customer since"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    code = forms.CharField(
        label=_("Customer code"),
        max_length=40,
        required=False,
        help_text=_("Your own code, without a name in it: both sides see it. Left empty, it becomes the next number."),
    )

    def __init__(self, *args: Any, user: Any, dealer: Dealer, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        field: Any = self.fields["territory"]
        field.suggest(field.queryset.within(dealer.home))  # most customers are near; any other place can be typed

    @staticmethod
    def initial_of(outlet: Outlet, identity: OutletIdentity) -> dict[str, Any]:
        of_identity = {name: getattr(identity, name) for name in ("name", "contact", "phone", "address")}
        return of_identity | {
            "outlet_class": outlet.outlet_class,
            "territory": outlet.territory,
            "since": outlet.since,
            "code": outlet.code,
        }
