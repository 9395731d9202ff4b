"""Imports are found by any part of their files' names; the letters are no part of their history."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0010_catalogue_lists"),
        ("ledger", "0011_walls_of_stock_balance"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="grams",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.text.Lower(
                        django.db.models.functions.text.Concat(
                            models.F("file_name"),
                            models.Value(" "),
                            models.F("source"),
                            output_field=models.TextField(),
                        )
                    ),
                    function="core_grams",
                ),
                output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField()),
            ),
        ),
        migrations.AddIndex(
            model_name="importbatch",
            index=django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="ledger_importbatch_grams"),
        ),
        walls.history_hides("ledger_importbatch", "grams"),
    ]
