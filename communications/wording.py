"""Minutes as a paper: the edition that was sent, word for word, with who confirmed it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from communications.models import Meeting, Minutes, Side, Topic
from core import formatting
from core.documents import draw

PAPER = "communications/minutes"


def minutes_pdf(edition: Minutes, *, language: str) -> bytes:
    """The same bytes for the same edition and language, before and after a restart."""
    return draw(PAPER, minutes_paper(edition, language=language), language=language)


def minutes_paper(edition: Minutes, *, language: str) -> dict[str, Any]:
    """What the template shows; times by the clock in which the meeting was agreed."""
    content = edition.content
    zone = ZoneInfo(content["zone"])
    with translation.override(language), timezone.override(zone):
        start = datetime.fromisoformat(content["starts_at"])
        is_confirmed = edition.state == Minutes.State.CONFIRMED
        return {
            "kind": _("Minutes"),
            "title": content["title"],
            "made_at": (edition.answered_at or edition.sent_at).isoformat(),
            "author": settings.MANUFACTURER_NAME,
            "when": _("%(moment)s (%(zone)s), %(length)s min")
            % {"moment": formatting.moment(start), "zone": content["zone"], "length": content["length"]},
            "foot": _("Version %(version)s. Checksum %(checksum)s")
            % {"version": edition.version, "checksum": edition.sha256[:16]},
            "mark": "" if is_confirmed else _("Not confirmed"),
            "nothing": _("Nothing was noted."),
            "facts": _facts(edition),
            "resolutions": _("Resolutions"),
            "actions": {
                "title": _("Action items"),
                "heads": [_("What"), pgettext("of a task", "Owner"), _("Side"), _("Due")],
            },
            "topics": [_topic(one) for one in content["topics"]],
            "confirmed": {"title": _("Confirmed by"), "sides": _sides(edition, is_confirmed=is_confirmed)},
        }


def _facts(edition: Minutes) -> list[list[str]]:
    content = edition.content
    return [
        [_("Dealer"), edition.meeting.dealer.local_name],
        [pgettext("of a meeting", "Level"), str(Meeting.Level(content["level"]).label)],
        [pgettext("of a meeting", "Place"), content["place"]],
        [settings.MANUFACTURER_NAME, formatting.listed(content["ours"])],
        [edition.meeting.dealer.local_name, formatting.listed(content["theirs"])],
    ]


def _topic(topic: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": topic["title"],
        "source": str(Topic.Source(topic["source"]).label),
        "text": topic["text"].strip(),
        "resolutions": topic["resolutions"],
        "actions": [
            [
                one["what"],
                one["owner"],
                str(Side(one["side"]).label),
                one["due"],
            ]
            for one in topic["actions"]
        ],
    }


def _sides(edition: Minutes, *, is_confirmed: bool) -> list[dict[str, str]]:
    ours = {"label": settings.MANUFACTURER_NAME, "name": edition.sent_by.name, "at": formatting.moment(edition.sent_at)}
    theirs = {"label": edition.meeting.dealer.local_name, "name": "–", "at": _("Not confirmed yet")}
    if is_confirmed and edition.answered_by and edition.answered_at:
        theirs |= {"name": edition.answered_by.name, "at": formatting.moment(edition.answered_at)}
    return [ours, theirs]
