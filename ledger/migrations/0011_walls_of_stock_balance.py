"""The second wall around counts that do not balance: people read them, jobs write them."""

from django.db import migrations

from core.database import walls
from core.database.walls import READ


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_stock_balance")]
    operations = [
        walls.dealer_owned("ledger_stockgap", dealer=READ, staff=READ),
        walls.RoleSQL(
            ["grant update (note) on ledger_reportdue to {dealer}"],
            ["revoke update (note) on ledger_reportdue from {dealer}"],
            "A dealer may say why his count does not balance",
        ),
    ]
