"""How allauth works in this house: names, throttling, messages, and nothing sent from within a request."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth import authenticate
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core import sealed
from dealers import devices, step_up
from dealers.mobile import normal
from dealers.models import User
from dealers.sign_in_log import What, canonical, note

_MISMATCH = _("This name and password do not belong together. Check both, or ask for a new password.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Accounts are opened by invitation; a name is an e-mail address or a mobile number."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _MISMATCH,
        "phone_password_mismatch": _MISMATCH,
        "username_password_mismatch": _MISMATCH,
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not right, or it was used already. Wait for the next one."),
        "invalid_password_reset": _("This link was used already or is too old."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, or ask for a new password."),
        "rate_limited": _("Too many attempts. Wait five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    # ---- names -----------------------------------------------------------------------------------
    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(mobile=normal(phone)).first()

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.mobile, True) if user.mobile else None

    # ---- password, with throttling ---------------------------------------------------------------
    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The account, if name and password fit. A disabled account answers like one that does not exist."""
        self.pre_authenticate(request, **credentials)
        user: Any = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if user:
            self._rollback_login_failed_rl_usage()
        else:
            note(What.FAILED, request, name=_name_in(credentials))
        found: User | None = user
        return found

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt; a right password takes it back. Known browsers have a counter of their own."""
        name = canonical(_name_in(credentials))
        if device := devices.known_as(request, name):
            usage = _consume(request, "login_failed_here", f"{name}:{device}")
        else:
            usage = _consume(request, "login_failed", name)
            if usage is not None:
                anywhere = _consume(request, "login_failed_anywhere", "anywhere")
                usage = anywhere and ratelimit.RateLimitUsage([*usage.usage, *anywhere.usage])
        self._login_failed_rl_usage = usage
        if usage is None:
            note(What.THROTTLED, request, name=name)
            raise self.validation_error("too_many_login_attempts")

    def reauthenticate(self, user: Any, password: str) -> bool:
        names = {"email": user.email} if user.email else {"phone": user.mobile}
        found = self.authenticate(context.request, **names, password=password)
        return found is not None and found.pk == user.pk

    def post_login(self, request: HttpRequest, user: Any, **hooks: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **hooks)
        devices.remember(response, user)
        return response

    # ---- confirming again ------------------------------------------------------------------------
    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a one-time code confirms with it: the password alone must not be enough to remove it."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        by_code = [method for method in methods if method["id"] == "mfa_reauthenticate"]
        return by_code or methods

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within minutes of signing in, as long as there is no second factor to protect."""
        request = context.request
        user: Any = request.user
        if not user.has_second_factor and get_authentication_records(request, user):
            return not step_up.recently_confirmed(request)
        return True

    # ---- nothing leaves within a request -----------------------------------------------------------
    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Warnings go through `services.letters`, posted where the change is made."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise NotImplementedError(f"{template_prefix}: mail goes through services.letters")

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        error: ValidationError = super().validation_error(code, *args)
        return error


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seeds are sealed at rest; what people see in their authenticator app is the name they sign in with."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def get_totp_label(self, user: Any) -> str:
        return str(user.sign_in_name())

    def encrypt(self, text: str) -> str:
        return sealed.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.unseal(encrypted_text)


def _name_in(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("phone") or "")


def _consume(request: HttpRequest, action: str, key: str) -> ratelimit.RateLimitUsage | None:
    return ratelimit.consume(request, app="allauth.account", action=action, key=key)
