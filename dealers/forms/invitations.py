"""Inviting a person."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers import mobile
from dealers.models import Dealer, ProductLine, Territory, User
from dealers.roles import BY_CODE
from dealers.services.invitations import roles_for


class InvitationForm(ScopedForm, forms.Form):
    """For a dealer's person; `StaffInvitationForm` adds where our own people may look."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=120)
    role = forms.ChoiceField(label=_("Role"))
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    number = forms.CharField(
        label=_("Mobile number"),
        max_length=30,
        required=False,
        help_text=_("Without an e-mail address you pass the link on yourself: no text messages are sent."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, user: User, dealer: Dealer | None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=[(code, BY_CODE[code].title) for code in roles_for(dealer)]
        )
        self.fields["language"].initial = user.language

    def clean_number(self) -> str:
        typed: str = self.cleaned_data["number"]
        if not typed.strip():
            return ""
        number = mobile.normal(typed)
        mobile.validate(number)
        return number

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not typed.get("email") and not typed.get("number"):
            raise ValidationError(_("An e-mail address or a mobile number is needed."))
        return typed


class StaffInvitationForm(InvitationForm):
    node = ScopedModelChoiceField(
        Territory,
        narrow=lambda nodes: nodes.order_by("low"),
        label=_("Territory"),
        required=False,
        empty_label=_("Everywhere"),
        help_text=_("Where the person may look: this place and everything below."),
    )
    line = ScopedModelChoiceField(
        ProductLine,
        narrow=lambda lines: lines.order_by("low"),
        label=_("Product line"),
        required=False,
        empty_label=_("Every line"),
    )
