"""A dealer's customers as a list: sorted by name, and by how long they have been customers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0010_catalogue_lists"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="outlet",
            index=models.Index(fields=["dealer", "since", "id"], name="dealers_outlet_by_since"),
        ),
        migrations.AddIndex(
            model_name="outletidentity",
            index=models.Index(fields=["dealer", "name"], name="dealers_outletidentity_by_name"),
        ),
    ]
