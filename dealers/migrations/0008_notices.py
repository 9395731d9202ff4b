"""A notice has a name for addresses, may be unwanted, and remembers the hand-overs that killed their worker."""

from django.db import migrations, models

import core.ids

NAMES_FOR_OLD_ONES = "update dealers_delivery set public_id = left(replace(gen_random_uuid()::text, '-', ''), 14)"
STATES = [
    ("waiting", "waiting"),
    ("sending", "sending"),
    ("sent", "sent"),
    ("skipped", "not wanted"),
    ("failed", "failed"),
    ("held", "held"),
]


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
        migrations.AddField(
            "delivery",
            "stopped",
            models.PositiveSmallIntegerField(default=0, verbose_name="hand-overs that killed the worker"),
        ),
        migrations.AlterField(
            "delivery",
            "state",
            models.CharField(choices=STATES, default="waiting", max_length=8, verbose_name="state"),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(condition=models.Q(("state", "failed")), fields=["-id"], name="dealers_delivery_failed"),
        ),
    ]
