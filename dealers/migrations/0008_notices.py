"""A notice has a name for addresses."""

from django.db import migrations, models

import core.ids

NAMES_FOR_OLD_ONES = "update dealers_delivery set public_id = left(replace(gen_random_uuid()::text, '-', ''), 14)"


class Migration(migrations.Migration):
    dependencies = [("dealers", "0007_sign_in_walls")]
    operations = [
        migrations.AddField("delivery", "public_id", models.CharField(max_length=16, null=True, editable=False)),
        migrations.RunSQL(NAMES_FOR_OLD_ONES, migrations.RunSQL.noop),
        migrations.AlterField(
            "delivery",
            "public_id",
            models.CharField(default=core.ids.new_public_id, editable=False, max_length=16, unique=True),
        ),
    ]
