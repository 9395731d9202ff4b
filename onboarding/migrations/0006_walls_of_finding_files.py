"""What a finding rests on is for our people only, like the finding."""

from django.db import migrations

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0005_finding_files")]
    operations = [
        walls.staff_only("onboarding_findingfile", staff="select, insert", admin=walls.READ),
        walls.history("onboarding_findingfile"),
    ]
