"""What this room has to say on My day, in a dealer's file, on his home page and in a meeting's briefing."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from communications.models import ActionItem, Side
from core import formatting
from dealers import briefing
from dealers.briefing import Figure, Place, Reader

VIEW, VIEW_ITEM = "communications.view_meeting", "communications.view_actionitem"


@briefing.figures(order=80, places=(Place.MEETING,), permission=VIEW_ITEM)
def promises(reader: Reader) -> Iterator[Figure]:
    """How many promises each side kept, of those whose day has come."""
    if reader.dealer is None:
        return
    tally = ActionItem.objects.visible_to(reader.user).filter(dealer=reader.dealer).tally(on=reader.on)
    url = ""
    for side in Side:
        kept, broken = tally[f"{side}_kept"], tally[f"{side}_broken"]
        ours = side is (Side.US if reader.user.is_ours else Side.DEALER)
        yield Figure(
            label=_("Promises kept by us") if ours else _("Promises kept by the other side"),
            value=_("%(kept)s of %(all)s") % {"kept": formatting.number(kept), "all": formatting.number(kept + broken)}
            if kept + broken
            else "",
            reason="" if kept + broken else _("none due yet"),
            url=url,
            state="late" if broken else "",
        )
