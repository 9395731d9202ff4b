"""Contracts are found by any part of their numbers; the letters are no part of their history."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_walls"),
        ("dealers", "0009_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="grams",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.text.Lower(
                        django.db.models.functions.text.Concat(
                            models.F("number"),
                            models.Value(" "),
                            models.F("filing_number"),
                            output_field=models.TextField(),
                        )
                    ),
                    function="core_grams",
                ),
                output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField()),
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="contracts_contract_grams"),
        ),
        walls.history_hides("contracts_contract", "grams"),
    ]
