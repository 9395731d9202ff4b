"""allauth's pages for the second factor, with what the house adds: log, warning by mail, this session kept."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.http import HttpResponse

from dealers import sessions
from dealers.models import Letter
from dealers.services import letters
from dealers.sign_in_log import What, note


class _Noted:
    """In the same transaction as the change, so that no factor comes or goes unnoticed."""

    what: What
    request: Any

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # allauth's view beside this one
        note(self.what, self.request, user=self.request.user)
        letters.post(Letter.What.FACTOR_CHANGED, user=self.request.user)
        sessions.keep(self.request)
        return response


class SetUp(_Noted, ActivateTOTPView):  # type: ignore[misc]
    what = What.FACTOR_ADDED

    def form_valid(self, form: Any) -> HttpResponse:
        """The code just typed is a fresh proof: the recovery codes are shown next without asking for another."""
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", type="totp", reauthenticated=True)
        return response


class Remove(_Noted, DeactivateTOTPView):  # type: ignore[misc]
    what = What.FACTOR_REMOVED


class RenewCodes(_Noted, GenerateRecoveryCodesView):  # type: ignore[misc]
    what = What.CODES_RENEWED


set_up = SetUp.as_view()
remove = Remove.as_view()
renew_codes = RenewCodes.as_view()
