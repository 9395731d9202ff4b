"""What happens to results."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.periods import Period
from dealers.events import EventKind, Visibility, define

BOTH_WAYS = ("bell", "email")


def _card(data: Mapping[str, Any]) -> str:
    return gettext("the scorecard for %(period)s") % {"period": Period.parse(data["period"])}


CARD = {"subject": _card}

define(
    EventKind(
        "assessment.computed", _("%(actor)s assessed %(subject)s"), icon="calculator", visibility=Visibility.INTERNAL
    ),
    EventKind(
        "assessment.published",
        _("%(actor)s published %(subject)s"),
        icon="speakerphone",
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "scorecard.published",
        _("%(actor)s published %(subject)s"),
        icon="chart-bar",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("A scorecard of ours is published"),
        told=CARD,
    ),
    EventKind(
        "scorecard.acknowledged",
        _("%(actor)s acknowledged %(subject)s"),
        icon="check",
        tone="good",
        topic="decisions",
        told=CARD,
    ),
    EventKind(
        "objection.raised",
        _("%(actor)s objected to %(subject)s"),
        icon="message",
        tone="bad",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("An objection to a scorecard is raised"),
        told=CARD,
    ),
    EventKind("objection.withdrawn", _("%(actor)s withdrew the objection to %(subject)s"), icon="x", told=CARD),
    EventKind(
        "objection.upheld",
        _("%(actor)s upheld the objection to %(subject)s"),
        icon="check",
        tone="good",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("An objection of ours is upheld"),
        told=CARD,
    ),
    EventKind(
        "objection.not_upheld",
        _("%(actor)s did not uphold the objection to %(subject)s"),
        icon="x",
        topic="decisions",
        channels=BOTH_WAYS,
        title=_("An objection of ours is not upheld"),
        told=CARD,
    ),
    EventKind(
        "template.put_in_use",
        _("%(actor)s put the scorecard template %(subject)s in use"),
        icon="adjustments",
        tone="good",
        visibility=Visibility.INTERNAL,
        channels=BOTH_WAYS,
        title=_("Scoring rules of mine are put in use"),
    ),
    EventKind(
        "template.sent_back",
        _("%(actor)s sent back the scorecard template %(subject)s"),
        icon="adjustments",
        tone="bad",
        visibility=Visibility.INTERNAL,
        channels=BOTH_WAYS,
        title=_("Scoring rules of mine are sent back"),
    ),
    EventKind(
        "template.ended",
        _("%(actor)s ended the scorecard template %(subject)s"),
        icon="adjustments",
        visibility=Visibility.INTERNAL,
        channels=BOTH_WAYS,
        title=_("Scoring rules are ended as I proposed"),
    ),
    EventKind(
        "template.kept_in_use",
        _("%(actor)s keeps the scorecard template %(subject)s in use"),
        icon="adjustments",
        visibility=Visibility.INTERNAL,
        channels=BOTH_WAYS,
        title=_("Scoring rules that I proposed to end are kept"),
    ),
    *(
        EventKind(code, sentence, icon="adjustments", visibility=Visibility.INTERNAL)
        for code, sentence in (
            ("template.drafted", _("%(actor)s drafted the scorecard template %(subject)s")),
            ("template.changed", _("%(actor)s changed the draft of the scorecard template %(subject)s")),
            ("template.proposed", _("%(actor)s proposed the scorecard template %(subject)s")),
            ("template.end_proposed", _("%(actor)s proposed to end the scorecard template %(subject)s")),
            ("template.end_taken_back", _("%(actor)s no longer asks to end the scorecard template %(subject)s")),
            ("template.discarded", _("%(actor)s discarded the draft of the scorecard template %(subject)s")),
        )
    ),
)
