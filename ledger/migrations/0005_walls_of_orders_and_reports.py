"""The second wall around orders and reports due."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL, READ


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_orders_and_reports_due")]
    operations = [
        walls.dealer_owned("ledger_order", dealer=READ, staff=READ, jobs=ALL),
        walls.dealer_owned("ledger_reportduty", dealer=READ),
        # Filing is the dealer's own act; what is due, and waiving it, is not.
        walls.dealer_owned(
            "ledger_reportdue",
            dealer="select, update (batch_id, is_nil, filed_on, filed_by_id)",
            staff="select, insert, update",
        ),
        walls.same_dealer("ledger_reportdue", "duty_id", "ledger_reportduty"),
        walls.same_dealer("ledger_reportdue", "batch_id", "ledger_importbatch"),
        *(walls.history(table) for table in ("ledger_order", "ledger_reportduty", "ledger_reportdue")),
    ]
