"""Minutes that start half written: what the data say, and what is open since the last meeting."""

from django.utils.translation import gettext as _

from communications.clock import today_of
from communications.models import ActionItem, Meeting, Topic
from communications.models.action_item import STANDS
from core import access, formatting
from dealers import briefing
from dealers.briefing import Figure, Place, Reader
from dealers.models import Dealer, User


def carried_title(meeting: Meeting) -> str | None:
    """The topic under which open items are gone through; None where nothing is open."""
    if not open_items(meeting.dealer):
        return None
    if meeting.previous is None:
        return _("Open promises")
    return _("Open items since %(day)s") % {"day": formatting.day(meeting.previous.local_start)}


def open_items(dealer: Dealer) -> list[ActionItem]:
    """What either side owes the other, also from before the last meeting, oldest first."""
    owed = access.rows_of(ActionItem).filter(STANDS, dealer=dealer, published_at__isnull=False)
    found = owed.filter(state=ActionItem.State.OPEN)
    return list(found.select_related("owner").order_by("due_on", "pk"))


def figures(dealer: Dealer, *, by: User) -> list[Figure]:
    """The dealer in figures, as far as this reader may see them."""
    on = today_of(dealer)
    reader = Reader(by, Dealer.objects.visible_to(by).filter(pk=dealer.pk), on, Place.MEETING, dealer)
    return briefing.find_figures(reader)


def text_for(topic: Topic, *, by: User) -> str:
    if topic.source == Topic.Source.DATA:
        return "\n".join(line(figure) for figure in figures(topic.meeting.dealer, by=by))
    if topic.source == Topic.Source.CARRIED:
        on = today_of(topic.meeting.dealer)
        return "\n".join(_item(one, late=one.due_on < on) for one in open_items(topic.meeting.dealer))
    return ""


def line(figure: Figure) -> str:
    """A figure as a line of text."""
    value = formatting.beside(figure.value, str(figure.unit)) or str(figure.reason)
    grade = f" ({figure.grade})" if figure.grade else ""
    said = _("%(label)s: %(value)s") % {"label": figure.label, "value": f"{value}{grade}"}
    note = figure.context_line
    return _("%(said)s – %(note)s") % {"said": said, "note": note} if note else said


def _item(one: ActionItem, *, late: bool) -> str:
    words = {"what": one.what, "owner": one.owner.name, "day": formatting.day(one.due_on)}
    if late:
        return _("%(what)s (%(owner)s, was due on %(day)s)") % words
    return _("%(what)s (%(owner)s, due on %(day)s)") % words
