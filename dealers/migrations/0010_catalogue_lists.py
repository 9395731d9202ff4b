"""The letters by which terminals are found are no part of their history."""

from django.db import migrations

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0009_search"),
    ]

    operations = [
        walls.history_hides("dealers_terminal", "grams"),
    ]
