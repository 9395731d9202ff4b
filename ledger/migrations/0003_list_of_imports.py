"""The list of imports, newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0008_notices"),
        ("ledger", "0002_walls"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="importbatch",
            index=models.Index(fields=["created_at", "id"], name="ledger_importbatch_by_time"),
        ),
    ]
