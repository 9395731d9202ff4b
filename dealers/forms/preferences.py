"""Forms about one's own account."""

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dealers.models import Invitation, User


@cache  # finding them walks through some hundred files
def zones() -> tuple[tuple[str, str], ...]:
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")
    return tuple((name, name.replace("_", " ")) for name in names)


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """What a person may change about the own account without asking anybody."""

    class Meta:
        model = User
        fields = ("name", "title", "language", "theme", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=zones, help_text=_("Times are shown in this zone.")
        )


class AcceptForm(forms.Form):
    """Name, language and password of a new account. Address, role and company are not asked for."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["name"].initial = invitation.name
        self.fields["language"].initial = invitation.language
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        person = User(
            name=self.cleaned_data.get("name", ""), email=self.invitation.email, mobile=self.invitation.mobile
        )
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from None
        return password
