"""Products and terminals as lists: sorted by name, terminals found by any part of it."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0009_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="terminal",
            name="grams",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.text.Lower(
                        django.db.models.functions.text.Concat(
                            models.F("code"),
                            models.Value(" "),
                            models.F("name"),
                            models.Value(" "),
                            models.F("name_zh"),
                            output_field=models.TextField(),
                        )
                    ),
                    function="core_grams",
                ),
                output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField()),
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["name", "id"], name="dealers_product_by_name"),
        ),
        migrations.AddIndex(
            model_name="terminal",
            index=django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="dealers_terminal_grams"),
        ),
        migrations.AddIndex(
            model_name="terminal",
            index=models.Index(fields=["name", "id"], name="dealers_terminal_by_name"),
        ),
        walls.history_hides("dealers_terminal", "grams"),
    ]
