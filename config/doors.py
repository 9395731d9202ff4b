"""Doors and ownership of what other packages bring: declared here, so that nothing comes in undeclared."""

from core import doors
from core.doors import Audience
from core.ownership import Kind, Ownership, declare

SYSTEM_MODELS = (
    "contenttypes.contenttype auth.permission auth.group auth.group_permissions "
    "admin.logentry account.emailaddress account.emailconfirmation mfa.authenticator "
    "dealers.user_groups dealers.user_user_permissions"
)
ACCOUNT_DOORS = (
    "account_inactive account_reset_password account_reset_password_done "
    "account_reset_password_from_key account_reset_password_from_key_done mfa_index mfa_view_recovery_codes"
)
# Their answer carries another session: whoever presses twice needs that of the second answer as well.
SESSION_DOORS = (
    "account_login account_logout account_reauthenticate account_change_password "
    "mfa_authenticate mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp mfa_generate_recovery_codes"
)


def declare_all() -> None:
    for label in SYSTEM_MODELS.split():
        declare(label, Ownership(Kind.SYSTEM))
    # Their log stays even when the answer is a refusal.
    doors.declare(ACCOUNT_DOORS, Audience.ACCOUNT, keeps=True)
    doors.declare(SESSION_DOORS, Audience.ACCOUNT, keeps=True, once=False)
    doors.declare("admin:*", Audience.ADMIN)
