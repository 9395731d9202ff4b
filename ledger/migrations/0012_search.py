"""The letters by which imports are found are no part of their history."""

from django.db import migrations

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0010_catalogue_lists"),
        ("ledger", "0011_walls_of_stock_balance"),
    ]

    operations = [
        walls.history_hides("ledger_importbatch", "grams"),
    ]
