"""What happens in the ledger."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import formatting
from dealers.events import EventKind, Visibility, define
from ledger.models import ReportDue


def _report(data: Mapping[str, Any]) -> str:
    return str(ReportDue(kind=data["report"], month=date.fromisoformat(data["month"])))


def _due(data: Mapping[str, Any]) -> str:
    return formatting.day(date.fromisoformat(data["due"]))


REPORT = {"subject": _report}
REMINDED = REPORT | {"day": _due}

define(
    EventKind("dealer.imported", _("%(actor)s took over the file of %(subject)s by import"), icon="table-import"),
    EventKind(
        "import.checked",
        _("The file %(subject)s is checked: %(stored)s of %(read)s rows are ready to be posted"),
        icon="table-import",
        visibility=Visibility.INTERNAL,
        title=_("A file that I uploaded is checked, posted or refused"),
    ),
    EventKind(
        "import.refused",
        _("The file %(subject)s was refused: nothing of it was stored"),
        icon="table-import",
        tone="bad",
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "import.posted",
        _("%(actor)s posted the import %(subject)s: %(stored)s of %(read)s rows"),
        icon="table-import",
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "import.mended",
        _("%(actor)s mended cells of the import %(subject)s: %(cells)s"),
        icon="pencil",
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "import.discarded",
        _("%(actor)s discarded the import %(subject)s"),
        icon="trash",
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "import.reversed",
        _("%(actor)s reversed the import %(subject)s"),
        icon="arrow-back-up",
        tone="bad",
        visibility=Visibility.INTERNAL,
    ),
    EventKind(
        "duty.begun",
        _("%(actor)s asks for a report from %(month)s on, by day %(day)s of the following month: %(subject)s"),
        icon="clipboard-list",
        topic="reports",
        title=_("The duty to report begins, changes or ends"),
    ),
    EventKind(
        "duty.changed",
        _("%(actor)s changed a report that is owed, now due by day %(day)s of the following month: %(subject)s"),
        icon="clipboard-list",
        topic="reports",
    ),
    EventKind(
        "duty.ended",
        _("%(actor)s ended a report that is owed, the last one is for %(month)s: %(subject)s"),
        icon="clipboard-list",
        topic="reports",
    ),
    EventKind(
        "report.filed", _("%(actor)s filed the report %(subject)s: %(rows)s rows"), icon="clipboard-check", told=REPORT
    ),
    EventKind("report.nil", _("%(actor)s had nothing to report: %(subject)s"), icon="clipboard-check", told=REPORT),
    EventKind("report.waived", _("%(actor)s waived the report %(subject)s"), icon="x", told=REPORT),
    EventKind(
        "reminder.report_due",
        _("Due on %(day)s: %(subject)s"),
        icon="clipboard-check",
        channels=("bell", "email"),
        title=_("Reminder: a report is due"),
        told=REMINDED,
    ),
    EventKind(
        "reminder.report_late",
        _("Late since %(day)s: %(subject)s"),
        icon="clipboard-check",
        tone="bad",
        channels=("bell", "email"),
        title=_("Reminder: a report is late"),
        told=REMINDED,
    ),
)
