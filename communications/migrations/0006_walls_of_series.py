"""A meeting belongs to a rhythm of its own dealer."""

from django.db import migrations

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [("communications", "0004_walls_of_meetings"), ("contracts", "0008_walls_of_review_rhythm")]
    operations = [
        walls.same_dealer("communications_meeting", "rhythm_id", "contracts_reviewrhythm"),
    ]
