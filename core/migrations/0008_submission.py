"""Marks of forms that were sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_cache"),
    ]

    operations = [
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("user_id", models.BigIntegerField(null=True, verbose_name="by")),
                ("location", models.TextField(blank=True, verbose_name="led to")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
            ],
            options={
                "verbose_name": "submission",
                "verbose_name_plural": "submissions",
                "default_permissions": (),
                "indexes": [models.Index(fields=["at"], name="core_submission_by_time")],
            },
        ),
    ]
