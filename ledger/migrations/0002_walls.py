"""The second wall around the ledger; facts are append-only, and nobody but a job writes them."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL, READ

FACTS = ("ledger_movement", "ledger_stockcount", "ledger_invoice", "ledger_payment")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_entries"), ("dealers", "0008_notices")]
    operations = [
        *(walls.dealer_owned(table, dealer=READ, staff=READ) for table in FACTS),
        *(walls.append_only(table) for table in FACTS),
        walls.dealer_owned("ledger_monthtotal", dealer=READ, staff=READ),
        walls.dealer_owned("ledger_importbatch", dealer=READ),
        walls.dealer_owned("ledger_rejectedrow", dealer=READ, staff=ALL),
        walls.dealer_owned("ledger_columnmapping", dealer=READ),
        walls.same_dealer("ledger_rejectedrow", "batch_id", "ledger_importbatch"),
        walls.same_dealer("ledger_importbatch", "reverses_id", "ledger_importbatch"),
        walls.shared("ledger_exchangerate", staff="select, insert"),
        walls.history("ledger_importbatch"),
        walls.RoleSQL(
            ["grant insert on dealers_user, dealers_user_groups to {jobs}"],
            ["revoke insert on dealers_user, dealers_user_groups from {jobs}"],
            "Taking over a running network brings its people",
        ),
    ]
