"""What the search is made of says nothing of its own: it stays out of the history."""

from django.db import migrations

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [("communications", "0012_walls_of_claims")]
    operations = [walls.history_hides("communications_meeting", "grams")]
