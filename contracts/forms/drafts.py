"""The head of a draft."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract, RulePack
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers.forms.dealers import CURRENCY, CodeField, day_input
from dealers.models import Company


class ContractForm(ScopedForm, forms.ModelForm):  # type: ignore[type-arg]
    """The head of a draft: term, money, what binds it."""

    company = ScopedModelChoiceField(Company, label=_("Own company"))
    currency = CodeField(label=_("Currency"), max_length=3, validators=[CURRENCY], help_text=_("ISO 4217, as CNY"))
    jurisdiction = forms.ChoiceField(
        label=_("Jurisdiction"),
        help_text=_("Decides by its rule pack what may be agreed about prices and territories."),
    )

    class Meta:
        model = Contract
        fields = [
            "company", "number", "starts_on", "ends_on", "notice_days", "prolongs", "jurisdiction", "currency",
            "payment_days", "credit_limit", "credit_counts_orders", "minimum_purchase", "special_terms",
        ]  # fmt: skip
        widgets = {
            "starts_on": day_input(),
            "ends_on": day_input(),
            "special_terms": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "number" in self.fields:
            self.fields["number"].required = False
            self.fields["number"].help_text = _("Left empty, the next number of this dealer is taken.")
        field = self.fields.get("jurisdiction")
        if isinstance(field, forms.ChoiceField):
            packs = RulePack.objects.visible_to(self.user).in_force(on=timezone.localdate())
            field.choices = [(pack.jurisdiction, pack.local_name) for pack in packs]


class ContractChangeForm(ContractForm):
    """Carries the version that was read; saving on another one is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class AmendmentChangeForm(ContractChangeForm):
    """What an amendment may change of the head: not who agreed, in which currency and under which law."""

    company = None  # type: ignore[assignment]  # how Django takes an inherited field out
    currency = None  # type: ignore[assignment]
    jurisdiction = None  # type: ignore[assignment]

    class Meta(ContractChangeForm.Meta):
        fields = [
            "starts_on", "ends_on", "notice_days", "prolongs", "payment_days", "credit_limit", "credit_counts_orders",
            "minimum_purchase", "special_terms",
        ]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["starts_on"].label = _("Counts from")
        self.fields["starts_on"].help_text = _("The first day of a month.")


class AmendmentForm(forms.Form):
    starts_on = forms.DateField(
        label=_("Counts from"), widget=day_input(),
        help_text=_("The first day of a month. Until then the contract reads as it does now."),
    )  # fmt: skip
