"""Contacts, documents and products are found by any part of their names; the letters are no part of their history."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

from core.database.walls import RoleSQL


def history_without_grams(table: str) -> RoleSQL:
    drop = f"drop trigger {table}_history on {table}"
    make = (
        f"create trigger {table}_history after insert or update or delete on {table} "
        "for each row execute function core_note_change({hidden})"
    )
    return RoleSQL(
        [drop, make.replace("{hidden}", "'grams'")],
        [drop, make.replace("{hidden}", "")],
        f"Keep the letters for search out of the history of {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0008_notices"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="grams",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.text.Lower(
                        django.db.models.functions.text.Concat(
                            models.F("name"),
                            models.Value(" "),
                            models.F("email"),
                            models.Value(" "),
                            models.F("phone"),
                            output_field=models.TextField(),
                        )
                    ),
                    function="core_grams",
                ),
                output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField()),
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="grams",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.text.Lower(
                        django.db.models.functions.text.Concat(
                            models.F("title"),
                            models.Value(" "),
                            models.F("number"),
                            models.Value(" "),
                            models.F("file_name"),
                            output_field=models.TextField(),
                        )
                    ),
                    function="core_grams",
                ),
                output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField()),
            ),
        ),
        migrations.AddField(
            model_name="product",
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
            model_name="contact",
            index=django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="dealers_contact_grams"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="dealers_document_grams"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="dealers_product_grams"),
        ),
        history_without_grams("dealers_contact"),
        history_without_grams("dealers_document"),
        history_without_grams("dealers_product"),
    ]
