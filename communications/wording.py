"""Minutes as a paper: the edition that was sent, word for word, with who confirmed it; and the briefing to print."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from communications.models import Meeting, Minutes, Side, Topic
from communications.sheet import Sheet
from core import formatting
from core.documents import draw

PAPER, BRIEFING = "communications/minutes", "communications/briefing"


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
            % {
                "moment": formatting.moment(start),
                "zone": formatting.zone(content["zone"]),
                "length": content["length"],
            },
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


# ---- the briefing ----------------------------------------------------------------------------
def briefing_pdf(sheet: Sheet, *, language: str) -> bytes:
    return draw(BRIEFING, briefing_paper(sheet, language=language), language=language)


def briefing_paper(sheet: Sheet, *, language: str) -> dict[str, Any]:
    """What the page of the meeting shows beside the minutes, for this reader: our notes are for our people only."""
    meeting, now = sheet.meeting, timezone.now()
    with translation.override(language), timezone.override(ZoneInfo(meeting.zone)):
        internal = _("Internal: for our own people only")
        return {
            "kind": _("Briefing"),
            "title": meeting.title,
            "made_at": now.isoformat(),
            "author": settings.MANUFACTURER_NAME,
            "when": _("%(moment)s (%(zone)s), %(length)s min")
            % {
                "moment": formatting.moment(meeting.starts_at),
                "zone": formatting.zone(meeting.zone),
                "length": meeting.length,
            },
            "foot": formatting.listed(
                [_("As of %(moment)s") % {"moment": formatting.moment(now)}, *([internal] if sheet.notes else [])]
            ),
            "facts": [
                [_("Dealer"), meeting.dealer.local_name],
                [pgettext("of a meeting", "Level"), str(meeting.get_level_display())],
                [pgettext("of a meeting", "Place"), meeting.place or meeting.link or "–"],
                [_("At the table"), sheet.at_table],
            ],
            "agenda": {
                "title": _("Agenda"),
                "heads": [_("Topic"), _("Source"), _("Minutes planned")],
                "rows": [
                    [f"{row['number']}. {row['topic'].title}", str(row["source"]), str(row["topic"].minutes)]
                    for row in sheet.agenda()
                ],
            },
            "figures": {
                "title": _("The dealer in figures"),
                "rows": [[str(one.label), _valued(one), str(one.context_line or one.reason)] for one in sheet.figures],
            },
            "promises": {
                "title": _("Open promises"),
                "heads": [_("What"), pgettext("of a task", "Owner"), _("Side"), _("Due")],
                "rows": [
                    [one.what, one.owner.name, Side(one.side).named(meeting.dealer), formatting.iso_day(one.due_on)]
                    for one, _outcome, _css in sheet.open_items
                ],
                "none": _("Nothing is open."),
            },
            "decided": {"title": _("Decided last time"), "rows": _decided(sheet)},
            "notes": {
                "title": _("Notes of our people"),
                "rows": [f"{one.text} ({one.author.name}, {formatting.day(one.at)})" for one in sheet.notes],
            },
        }


def _valued(figure: Any) -> str:
    value = formatting.beside(str(figure.value), str(figure.unit)) if figure.value else ""
    return " ".join(filter(None, [value, str(figure.grade)])) or "–"


def _decided(sheet: Sheet) -> list[str]:
    """The resolutions of the last minutes that both sides confirmed."""
    found = Minutes.objects.visible_to(sheet.reader).filter(
        meeting__dealer=sheet.meeting.dealer_id, state=Minutes.State.CONFIRMED,
        meeting__starts_at__lt=sheet.meeting.starts_at,
    )  # fmt: skip
    last = found.order_by("-meeting__starts_at").first()
    return [decided for topic in last.content["topics"] for decided in topic["resolutions"]] if last else []
