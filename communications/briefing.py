"""What this room has to say on My day, in a dealer's file, on his home page and in a meeting's briefing."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from communications.models import ActionItem, Meeting, Side
from communications.models.action_item import STANDS
from communications.models.meeting import OPEN
from communications.models.touchpoint import last_contact, silent
from core import formatting
from core.navigation import counted
from dealers import briefing
from dealers.briefing import Card, Figure, Line, Place, Reader, Section, Work
from dealers.tabs import Tab, add

VIEW, CHANGE, MINUTE = (f"communications.{word}_meeting" for word in ("view", "change", "minute"))
VIEW_ITEM = "communications.view_actionitem"
State = Meeting.State
A_DAY, A_WEEK, A_MONTH, A_WHILE = timedelta(days=1), timedelta(days=7), timedelta(days=31), timedelta(hours=2)

add(
    Tab(
        "meetings",
        gettext_lazy("Meetings"),
        "communications:meetings_tab",
        order=35,
        permission=VIEW,
        count=lambda user, dealer: Meeting.objects.visible_to(user).filter(dealer=dealer, state__in=OPEN),
    )
)


# ---- work --------------------------------------------------------------------------------------
def _on_their_way(reader: Reader) -> QuerySet[Meeting]:
    """Meetings that ask for something or are to come, soonest first."""
    now = timezone.now()
    found = Meeting.objects.visible_to(reader.user).filter(reader.theirs)
    wanted = Q(state__in=OPEN, starts_at__gte=now - A_WHILE) | Q(state__in=[State.HELD, State.MINUTES_OUT])
    unminuted = Q(state=State.AGREED, starts_at__lt=now - A_WHILE)
    rows = found.filter(wanted | unminuted).select_related("dealer", "proposed_by")
    return rows.order_by("starts_at", "pk")[: 6 * reader.cut]


@briefing.work(order=8, permission=CHANGE, asks=(_on_their_way,))
def times_to_agree(reader: Reader) -> Iterator[Work]:
    """Meetings that the other side proposed."""
    for one in reader.rows(_on_their_way):
        if not one.waits_for(Side.of(reader.user)) or one.starts_at < timezone.now():
            continue
        if one.is_untouched() and one.starts_at > timezone.now() + A_MONTH:
            continue  # the rhythm proposes far ahead: there is time
        yield Work(
            "calendar-plus",
            _("%(person)s proposes a meeting: %(title)s") % {"person": one.proposed_by.name, "title": one.title},
            why=formatting.listed((formatting.moment(one.starts_at), _about(reader, one))),
            url=one.get_absolute_url(),
            action=_("Answer"),
            section=Section.DECIDE,
            dealer_id=one.dealer_id,
        )


@briefing.work(order=6, places=(Place.HOME,), permission="communications.confirm_minutes", asks=(_on_their_way,))
def minutes_to_confirm(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_on_their_way):
        if one.state == State.MINUTES_OUT:
            yield Work(
                "clipboard-text",
                _("Minutes to confirm: %(title)s") % {"title": one.title},
                why=_("Read them, then confirm or ask for a correction."),
                url=one.get_absolute_url(),
                action=_("Read"),
                section=Section.TODAY,
            )


@briefing.work(order=7, places=(Place.HOME,), permission="communications.view_announcementcopy")
def announcements_to_read(reader: Reader) -> Iterator[Work]:
    """What the manufacturer lets the dealer know, until it was read or, where that is asked for, confirmed."""
    count = counted(reader.user).get("unread_news", 0)  # which the sidebar asks in any case
    if count:
        yield Work(
            "speakerphone",
            ngettext("%(count)d announcement to read", "%(count)d announcements to read", count) % {"count": count},
            why=_("Read them; some also ask for your confirmation."),
            url=f"{reverse('communications:news_list')}?reading=open",
            action=_("Read"),
            section=Section.TODAY,
        )


@briefing.work(order=12, places=(Place.FILE, Place.DAY), permission=MINUTE, asks=(_on_their_way,))
def minutes_to_send(reader: Reader) -> Iterator[Work]:
    """Meetings whose time has passed without minutes."""
    now = timezone.now()
    for one in reader.rows(_on_their_way):
        if one.state != State.HELD and not (one.state == State.AGREED and one.starts_at < now - A_WHILE):
            continue
        yield Work(
            "edit",
            _("Minutes to write: %(title)s") % {"title": one.title},
            why=formatting.listed((formatting.moment(one.starts_at), one.dealer.local_name)),
            url=one.get_absolute_url(),
            action=_("Open"),
            section=Section.LATE if one.starts_at < now - A_DAY else Section.TODAY,
            dealer_id=one.dealer_id,
        )


def _due(reader: Reader) -> QuerySet[ActionItem]:
    """What the reader owes himself, and what is overdue: for our people of both sides, for executives of their own."""
    found = ActionItem.objects.visible_to(reader.user).published().filter(reader.theirs)
    return found.filter(_chased(reader)).select_related("dealer", "owner").order_by("due_on", "pk")[: reader.cut]


@briefing.work(order=14, permission=VIEW_ITEM, asks=(_due,))
def promises_due(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_due):
        if not one.stands():
            yield Work(
                "heart-handshake",
                _("The dealer notes a promise of ours: %(what)s") % {"what": one.what},
                why=formatting.listed((one.owner.name, one.said_where, _about(reader, one))),
                url=one.get_absolute_url(),
                action=_("Answer"),
                section=Section.DECIDE,
                dealer_id=one.dealer_id,
            )
            continue
        yield Work(
            "heart-handshake",
            one.what,
            why=formatting.listed((one.owner.name, _about(reader, one))),
            url=one.get_absolute_url(),
            due=one.due_on,
            action=_("Open"),
            section=Section.LATE if one.due_on < reader.on else Section.TODAY,
            dealer_id=one.dealer_id,
        )


def _silent(reader: Reader) -> QuerySet[Any]:
    """Dealers whose working level has heard nothing from us for longer than was agreed."""
    found = reader.dealers.filter(silent(on=reader.on)).annotate(last_contact=last_contact())
    return found.only("public_id", "name", "name_zh").order_by("sort_key", "pk")[: reader.cut]


@briefing.work(order=45, places=(Place.DAY,), permission="communications.add_touchpoint", asks=(_silent,))
def silent_dealers(reader: Reader) -> Iterator[Work]:
    for dealer in reader.rows(_silent):
        last = dealer.last_contact
        yield Work(
            "phone",
            _("No contact with %(dealer)s for longer than agreed") % {"dealer": dealer.local_name},
            why=_("Last contact on %(day)s.") % {"day": formatting.day(last)} if last else _("None was noted yet."),
            url=reverse("communications:touch", args=[dealer.public_id]),
            action=_("Note a contact"),
            section=Section.RISK,
            dealer_id=dealer.pk,
        )


def _chased(reader: Reader) -> Q:
    """The condition on `ActionItem` for what this reader has to be told of."""
    told = Q(owner_id=reader.user.pk, due_on__lte=reader.on + A_WEEK)
    if reader.may("communications.change_actionitem"):
        told |= Q(due_on__lt=reader.on)
    elif reader.may("communications.confirm_minutes"):
        told |= Q(due_on__lt=reader.on, side=Side.DEALER)
    told &= STANDS
    if reader.may("communications.change_actionitem"):
        told |= Q(claim=ActionItem.Claim.WAITING)
    return Q(state=ActionItem.State.OPEN) & told


def _about(reader: Reader, one: Meeting | ActionItem) -> str:
    """Whose it is, where the page is about many dealers."""
    return one.dealer.local_name if reader.place is Place.DAY else ""


# ---- cards -------------------------------------------------------------------------------------
@briefing.card(order=5, places=(Place.FILE, Place.DAY, Place.HOME), permission=VIEW, asks=(_on_their_way,))
def coming(reader: Reader) -> Card | None:
    """The next meetings."""
    since = timezone.now() - A_WHILE
    found = [one for one in reader.rows(_on_their_way) if one.state in OPEN and one.starts_at >= since]
    lines = [
        Line(
            one.title,
            formatting.listed((formatting.week_day(one.starts_at), formatting.clock(one.starts_at), _about(reader, one),
                               one.get_state_display() if one.state == State.PROPOSED else "")),
            one.get_absolute_url(),
        )
        for one in found[:5]
    ]  # fmt: skip
    if not lines:
        return None
    return Card(_("Coming meetings"), lines, more=_("All meetings"), more_url=_list("meetings", reader))


def _tallies(reader: Reader) -> "QuerySet[ActionItem, Any]":
    return ActionItem.objects.visible_to(reader.user).filter(dealer=reader.dealer).tallies(on=reader.on)


def _tally(reader: Reader) -> Mapping[str, int]:
    return next(iter(reader.rows(_tallies)), Counter())


@briefing.card(order=25, places=(Place.FILE, Place.HOME), permission=VIEW_ITEM, asks=(_tallies,))
def ledger_of_promises(reader: Reader) -> Card | None:
    """Kept and broken, for both sides; nobody has to say it, the dates do."""
    tally = _tally(reader)
    if reader.dealer is None or not any(tally[f"{side}_{word}"] for side in Side for word in ("kept", "broken")):
        return None
    lines = [
        Line(side.named(reader.dealer), value=_of(tally[f"{side}_kept"], tally[f"{side}_broken"]) or _("none due yet"))
        for side in Side
    ]
    return Card(_("Promises kept"), lines, "facts", more=_("All promises"), more_url=_list("actions", reader))


@briefing.figures(order=80, places=(Place.MEETING,), permission=VIEW_ITEM, asks=(_tallies,))
def promises(reader: Reader) -> Iterator[Figure]:
    """How many promises each side kept, of those whose day has come."""
    if reader.dealer is None:
        return
    tally = _tally(reader)
    for side in Side:
        told = _of(tally[f"{side}_kept"], tally[f"{side}_broken"])
        yield Figure(
            label=_("Promises kept: %(side)s") % {"side": side.named(reader.dealer)},
            value=told,
            reason="" if told else _("none due yet"),
            url=_list("actions", reader),
            state="late" if tally[f"{side}_broken"] else "",
        )


def _of(kept: int, broken: int) -> str:
    if not kept + broken:
        return ""
    return _("%(kept)s of %(all)s") % {"kept": formatting.number(kept), "all": formatting.number(kept + broken)}


def _list(name: str, reader: Reader) -> str:
    url = reverse(f"communications:{name}")
    return f"{url}?dealer={reader.dealer.public_id}" if reader.dealer and reader.user.is_ours else url
