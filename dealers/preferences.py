"""Places that hang on one's own account: shown on the preferences page. Rooms above add theirs (`add`)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Text = "str | Promise"


@dataclass(frozen=True, slots=True)
class AccountPlace:
    """One line: where it leads, and what one does there."""

    title: Text
    about: Text
    url_name: str
    icon: str
    only_ours: bool = False  # not for a dealer's people


_places = [
    AccountPlace(
        _("Password"), _("Change it here; you stay signed in in this browser."), "account_change_password", icon="key"
    ),
    AccountPlace(
        _("Second factor"), _("A code from your telephone beside the password."), "mfa_index", icon="shield-check"
    ),
    AccountPlace(_("Sessions"), _("Where you are signed in; sign out elsewhere."), "sessions", icon="devices-2"),
    AccountPlace(
        _("Deputy"),
        _("Who decides and signs for you while you are away."),
        "dealers:deputies",
        icon="user-share",
        only_ours=True,
    ),
]


def add(place: AccountPlace) -> None:
    _places.append(place)


def places(*, is_ours: bool) -> tuple[AccountPlace, ...]:
    return tuple(place for place in _places if is_ours or not place.only_ours)
