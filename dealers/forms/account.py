"""Forms of the account doors, on top of allauth's."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dealers import second_factor
from dealers.models import Letter
from dealers.services import letters
from dealers.sign_in_log import What, canonical, note

_NAME = _("E-mail address or mobile number")


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth is untyped
    """One field for both kinds of name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_NAME,
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
        )
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            max_length=128,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        name = canonical(self.cleaned_data["login"])
        return {"email" if "@" in name else "phone": name, "password": self.cleaned_data["password"]}


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks for a letter and knows nothing else: whether there is an account is looked up when it is sent."""

    email = forms.CharField(
        label=_NAME, max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )

    def clean_email(self) -> str:
        return canonical(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **_options: Any) -> str:
        name: str = self.cleaned_data["email"]
        note(What.RESET_ASKED, request, name=name)
        letters.post(Letter.What.RESET, name=name)
        return name


class _NewPassword(forms.Form):
    """allauth's fields in the words of the house; a label says it, no placeholder repeats it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Present password"),
            "password1": _("New password"),
            "password2": _("New password again"),
        }
        for name, field in self.fields.items():
            field.label = labels[name]
            field.widget.attrs.pop("placeholder", None)


class ChangeForm(_NewPassword, ChangePasswordForm):  # type: ignore[misc]
    """While signed in; the present password is asked for."""


class ResetKeyForm(_NewPassword, ResetPasswordKeyForm):  # type: ignore[misc]
    """Behind the link of a reset."""


class _OneUse(forms.Form):
    """A code works once, over the whole span in which it would fit."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "maxlength": 12}
        )

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # allauth's form beside this one
        if not second_factor.use(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OneUse, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("One-time code or recovery code")


class ConfirmByCodeForm(_OneUse, ReauthenticateForm):  # type: ignore[misc]
    """Confirming again while signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("One-time code or recovery code")


class SetUpForm(_OneUse, ActivateTOTPForm):  # type: ignore[misc]
    """The first code proves that the authenticator app has the right seed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code shown by the app")
