"""A form may be sent by somebody who is not signed in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_walls_of_submissions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="submission",
            name="user_id",
            field=models.BigIntegerField(null=True, verbose_name="by"),
        ),
    ]
