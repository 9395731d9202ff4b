"""The letters by which contracts are found are no part of their history."""

from django.db import migrations

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_walls"),
        ("dealers", "0009_search"),
    ]

    operations = [
        walls.history_hides("contracts_contract", "grams"),
    ]
