"""What happens to contracts and their terms."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from contracts.models import ReviewRhythm, Target
from core import formatting
from dealers.events import EventKind, Visibility, define

INTERNAL = Visibility.INTERNAL
BOTH_WAYS = ("bell", "email")


def _target(data: Mapping[str, Any]) -> str:
    starts, ends = (date.fromisoformat(data[name]) for name in ("starts_on", "ends_on"))
    return str(Target(measure=data["measure"], starts_on=starts, ends_on=ends))


def _day(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda data: formatting.day(date.fromisoformat(data[name]))


def _rhythm(data: Mapping[str, Any]) -> str:
    return str(ReviewRhythm(level=data["level"], every=data["every"]))


TARGET = {"target": _target}

define(
    EventKind(
        "contract.drafted", _("%(actor)s drafted the contract %(subject)s"), icon="file-text", visibility=INTERNAL
    ),
    EventKind("contract.changed", _("%(actor)s changed the draft %(subject)s"), icon="edit", visibility=INTERNAL),
    EventKind(
        "contract.submitted", _("%(actor)s sent the contract %(subject)s to review"), icon="send", visibility=INTERNAL
    ),
    EventKind(
        "contract.back_to_draft",
        _("The contract %(subject)s is a draft again"),
        icon="arrow-back-up",
        visibility=INTERNAL,
    ),
    EventKind(
        "contract.offered",
        _("The contract %(subject)s was offered for signature"),
        icon="signature",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("A contract is offered to us"),
    ),
    EventKind(
        "contract.taken_back",
        _("The offered contract %(subject)s was taken back to be changed"),
        icon="arrow-back-up",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("An offered contract is taken back for changes"),
    ),
    EventKind(
        "contract.signed_by_dealer",
        _("The dealer signed the contract %(subject)s"),
        icon="signature",
        tone="good",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("The dealer's side signs a contract"),
    ),
    EventKind(
        "contract.scan_sent",
        _("%(actor)s sent the scan of the signed contract %(subject)s"),
        icon="printer",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("The scan of a signed contract arrives"),
    ),
    EventKind(
        "contract.signed",
        _("Both sides signed the contract %(subject)s"),
        icon="signature",
        tone="good",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("Both sides have signed a contract"),
    ),
    EventKind(
        "certificate.issued",
        _("A certificate of authorisation was issued for %(subject)s"),
        icon="certificate",
        topic="decisions",
    ),
    EventKind(
        "certificate.downloaded",
        _("%(actor)s downloaded the certificate of authorisation for %(subject)s"),
        icon="download",
    ),
    EventKind("paper.downloaded", _("%(actor)s downloaded %(file)s of the contract %(subject)s"), icon="download"),
    EventKind(
        "contract.filed",
        _("The contract %(subject)s is on file and in force"),
        icon="archive",
        tone="good",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("A contract comes into force"),
    ),
    EventKind(
        "amendment.drafted",
        _("%(actor)s drafted the amendment %(subject)s to the contract %(contract)s"),
        icon="file-text",
        visibility=INTERNAL,
    ),
    EventKind(
        "amendment.filed",
        _("The amendment %(subject)s is on file: it takes the place of %(contract)s from %(day)s on"),
        icon="archive",
        tone="good",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("An amendment to a contract is on file"),
        told={"day": _day("day")},
    ),
    EventKind("amendment.begun", _("The text %(subject)s gave way to its amendment"), icon="archive"),
    EventKind("contract.dropped", _("%(actor)s gave up the draft %(subject)s"), icon="x", visibility=INTERNAL),
    EventKind(
        "contract.withdrawn",
        _("The contract %(subject)s was withdrawn"),
        icon="x",
        tone="bad",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("An offered contract is withdrawn"),
    ),
    EventKind(
        "contract.notice",
        _("Notice of the contract %(subject)s was given"),
        icon="alert-triangle",
        tone="bad",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("Notice of a contract is given"),
    ),
    EventKind("contract.ended", _("The contract %(subject)s has ended"), icon="archive", topic="decisions"),
    EventKind("contract.prolonged", _("The contract %(subject)s goes on by a year"), icon="refresh", topic="decisions"),
    EventKind("grant.added", _("%(actor)s granted %(grant)s in %(subject)s"), icon="map-pin", visibility=INTERNAL),
    EventKind("grant.taken_out", _("%(actor)s took %(grant)s out of %(subject)s"), icon="map-pin", visibility=INTERNAL),
    EventKind(
        "target.proposed", _("%(actor)s proposed a target: %(target)s"), icon="target", topic="money", told=TARGET
    ),
    EventKind(
        "target.proposed_in_draft",
        _("%(actor)s proposed a target in a draft: %(target)s"),
        icon="target",
        visibility=INTERNAL,
        told=TARGET,
    ),
    EventKind(
        "target.spread", _("%(actor)s spread a target over its months anew: %(target)s"), icon="target", told=TARGET
    ),
    EventKind(
        "target.agreed",
        _("%(actor)s agreed to the target %(target)s"),
        icon="check",
        tone="good",
        topic="money",
        told=TARGET,
    ),
    EventKind("target.withdrawn", _("%(actor)s withdrew the target %(target)s"), icon="x", topic="money", told=TARGET),
    EventKind("price_limit.added", _("%(actor)s added to %(subject)s: %(limit)s"), icon="tag", visibility=INTERNAL),
    EventKind(
        "price_limit.taken_out", _("%(actor)s took out of %(subject)s: %(limit)s"), icon="tag", visibility=INTERNAL
    ),
    EventKind(
        "rebate.added",
        _("%(actor)s put the rebate %(rebate)s into %(subject)s"),
        icon="percentage",
        visibility=INTERNAL,
    ),
    EventKind(
        "rebate.changed",
        _("%(actor)s changed the rebate %(rebate)s in %(subject)s"),
        icon="percentage",
        visibility=INTERNAL,
    ),
    EventKind(
        "rebate.taken_out",
        _("%(actor)s took the rebate %(rebate)s out of %(subject)s"),
        icon="percentage",
        visibility=INTERNAL,
    ),
    EventKind(
        "rhythm.added",
        _("%(actor)s put a meeting rhythm into %(subject)s: %(rhythm)s"),
        icon="calendar-stats",
        visibility=INTERNAL,
        told={"rhythm": _rhythm},
    ),
    EventKind(
        "rhythm.taken_out",
        _("%(actor)s took a meeting rhythm out of %(subject)s: %(rhythm)s"),
        icon="calendar-off",
        visibility=INTERNAL,
        told={"rhythm": _rhythm},
    ),
    EventKind(
        "rules.revised",
        _("%(actor)s revised the rules of %(subject)s"),
        icon="gavel",
        topic="decisions",
        visibility=INTERNAL,
    ),
    EventKind(
        "reminder.notice_deadline",
        _("The contract %(subject)s ends on %(last_day)s; notice keeps its period until %(until)s"),
        icon="calendar-due",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("Reminder: the notice deadline of a contract"),
        told={"until": _day("deadline"), "last_day": _day("ends")},
    ),
)
