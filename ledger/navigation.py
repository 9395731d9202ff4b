"""What this room brings to the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.navigation import Entry, add

add(
    Entry(
        "perform",
        _("Ledger and imports"),
        "ledger:imports",
        icon="table-import",
        permission="ledger.view_importbatch",
        order=20,
        short_label=_("Imports"),
    ),
    Entry(
        "perform", _("Reports"), "ledger:reports", icon="clipboard-check", permission="ledger.waive_report", order=22
    ),
    Entry("perform", _("Receivables"), "ledger:receivables", icon="coins", permission="ledger.view_invoice", order=21),
    Entry(
        "business",
        _("My trade"),
        "ledger:my_trade",
        icon="shopping-cart",
        permission="ledger.view_movement",
        order=20,
        shortcut=True,
        covers=(
            "ledger:trade",
            "ledger:orders",
            "ledger:invoices",
            "ledger:payments",
            "ledger:movements",
            "ledger:stock",
        ),
    ),
    Entry(
        "business",
        _("Reports"),
        "ledger:reports",
        icon="clipboard-check",
        permission="ledger.file_report",
        order=25,
        shortcut=True,
        covers=("ledger:reports_tab",),
    ),
)
