"""The second wall around mended cells: written once, by our people, and never changed."""

from django.db import migrations

from core.database import walls
from core.database.walls import READ


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_mended_cells")]
    operations = [
        walls.dealer_owned("ledger_importmend", dealer=READ, staff="select, insert", jobs="select, insert"),
        walls.same_dealer("ledger_importmend", "batch_id", "ledger_importbatch"),
        walls.append_only("ledger_importmend"),
    ]
