"""The steps of a contract: signing, filing, notice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract
from dealers.forms.dealers import ReasonForm, day_input


class SignaturesForm(forms.Form):
    signed_by = forms.CharField(label=_("Signed for the dealer by"), max_length=120)
    signed_on = forms.DateField(label=_("Signed by the dealer on"), widget=day_input())
    countersigned_by = forms.CharField(label=_("Signed for us by"), max_length=120)
    countersigned_on = forms.DateField(label=_("Signed by us on"), widget=day_input())


class FilingForm(forms.Form):
    number = forms.CharField(label=_("Filing number"), max_length=60)
    place = forms.CharField(label=_("Where the signed paper lies"), max_length=200)


class NoticeForm(ReasonForm):
    side = forms.ChoiceField(label=_("Notice by"), choices=Contract.Side.choices)
    on = forms.DateField(label=_("Notice given on"), widget=day_input())
    ends_on = forms.DateField(label=_("The contract ends on"), widget=day_input())
    field_order = ["side", "on", "ends_on", "reason"]
