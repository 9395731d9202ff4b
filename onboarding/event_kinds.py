"""What happens to openings and applications. All of it is our own business: applicants read their answers, no log."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.formatting import is_chinese
from dealers.events import EventKind, Visibility, define

kind = partial(EventKind, visibility=Visibility.INTERNAL)
BOTH_WAYS = ("bell", "email")


def _opening(data: Mapping[str, Any]) -> str:
    """The opening's title in the reader's language."""
    return str(data["opening_zh"] if is_chinese() and data["opening_zh"] else data["opening"])


OPENING = {"opening": _opening}

define(
    kind("opening.drafted", _("%(actor)s drafted the opening %(subject)s"), icon="door-enter"),
    kind("opening.changed", _("%(actor)s changed the opening %(subject)s"), icon="edit"),
    kind("opening.opened", _("%(actor)s published the opening %(subject)s"), icon="speakerphone", tone="good"),
    kind("opening.closed", _("%(actor)s closed the opening %(subject)s"), icon="archive"),
    kind(
        "application.received",
        _("%(subject)s applied for %(opening)s"),
        told=OPENING,
        icon="inbox",
        channels=BOTH_WAYS,
        title=_("An application arrives"),
    ),
    kind(
        "application.sent_again",
        _("%(subject)s added to the application for %(opening)s"),
        told=OPENING,
        icon="inbox",
        channels=BOTH_WAYS,
        title=_("An application comes back with what was asked for"),
    ),
    kind(
        "application.withdrawn",
        _("%(subject)s withdrew the application for %(opening)s"),
        told=OPENING,
        icon="x",
        title=_("An applicant withdraws"),
    ),
    kind("application.taken", _("%(actor)s looks after the application of %(subject)s"), icon="user-check"),
    kind("application.next_step", _("%(actor)s set the next step for %(subject)s: %(step)s"), icon="arrow-right"),
    kind("application.marked", _("%(actor)s marked %(subject)s"), icon="checks"),
    kind("application.waived", _("%(actor)s waived for %(subject)s: %(criterion)s"), icon="alert-triangle", tone="bad"),
    kind("application.found_out", _("%(actor)s noted a finding about %(subject)s"), icon="search"),
    kind("application.attached", _("%(actor)s attached %(file)s to a finding about %(subject)s"), icon="file-text"),
    kind(
        "application.asked",
        _("%(actor)s asks for your decision on %(subject)s"),
        icon="checks",
        channels=BOTH_WAYS,
        title=_("An application waits for my decision"),
    ),
    kind(
        "reminder.step_waits",
        _("%(subject)s still waits for your decision: %(opening)s"),
        told=OPENING,
        icon="clock-exclamation",
        channels=BOTH_WAYS,
        title=_("Reminder: an application waits for my decision"),
    ),
    kind(
        "reminder.step_escalated",
        _("The application of %(subject)s has waited too long for a decision: %(opening)s"),
        told=OPENING,
        icon="clock-exclamation",
        tone="bad",
        channels=BOTH_WAYS,
        title=_("An application below me has waited too long"),
    ),
    kind("application.step_approved", _("%(actor)s approved %(subject)s"), icon="check", tone="good"),
    kind(
        "application.sent_back",
        _("%(actor)s sent the application of %(subject)s back for more"),
        icon="arrow-back-up",
        title=_("An application of mine is sent back"),
    ),
    kind(
        "application.rejected",
        _("%(actor)s did not approve the application of %(subject)s"),
        icon="x",
        tone="bad",
        channels=BOTH_WAYS,
        title=_("An application of mine is not approved"),
    ),
    kind(
        "application.approved",
        _("%(subject)s is approved: a candidate dealer with the draft contract %(contract)s"),
        icon="circle-check",
        tone="good",
        channels=BOTH_WAYS,
        title=_("An application of mine is approved"),
    ),
)
