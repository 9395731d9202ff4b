"""What our people note of a contact is no dealer's business, and stays as it was noted."""

from django.db import migrations

from core.database import walls

ADD = "select, insert"


class Migration(migrations.Migration):
    dependencies = [("communications", "0007_touchpoints")]
    operations = [
        walls.staff_only("communications_touchpoint", staff=ADD),
        walls.staff_only("communications_talked", staff=ADD),
        walls.same_dealer("communications_touchpoint", "action_item_id", "communications_actionitem"),
        walls.same_dealer("communications_talked", "touchpoint_id", "communications_touchpoint"),
        walls.same_dealer("communications_talked", "contact_id", "dealers_contact"),
        walls.history("communications_touchpoint", hide=("grams",)),
        walls.history("communications_talked"),
    ]
