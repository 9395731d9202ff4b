"""When what waits already has waited too long."""

from django.db import migrations

# Two days after it is due is what five working days are for a step of three.
WAITING_ALREADY = "update onboarding_step set escalates_on = due_on + 2 where outcome = 'waiting'"


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0002_walls")]
    operations = [migrations.RunSQL(WAITING_ALREADY, migrations.RunSQL.noop)]
