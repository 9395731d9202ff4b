from django import forms
from django.utils.translation import gettext_lazy as _

from dealers.forms.dealers import CURRENCY, CodeField, ReasonForm
from dealers.models import BankAccount


class BankAccountForm(ReasonForm, forms.ModelForm):  # type: ignore[type-arg]
    """An account with the reason for it; whoever approves reads both."""

    currency = CodeField(label=_("Currency"), max_length=3, validators=[CURRENCY], help_text=_("ISO 4217, as CNY"))
    field_order = ["holder", "bank", "number", "swift", "currency", "reason"]

    class Meta:
        model = BankAccount
        fields = ["holder", "bank", "number", "swift", "currency"]
