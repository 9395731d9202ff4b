"""The second wall around deputies, their history, and when what waits already has waited too long."""

from django.db import migrations

from core.database import walls

# Two days after it is due is what five working days are for a step of three.
WAITING_ALREADY = (
    "update dealers_approval set escalates_on = due_on + 2 where outcome = 'waiting' and due_on is not null"
)


class Migration(migrations.Migration):
    dependencies = [("dealers", "0012_deputies")]
    operations = [
        walls.staff_only("dealers_deputy", admin=walls.WRITE, jobs=walls.READ),
        walls.RoleSQL(
            [
                "create policy dealers_deputy_app on dealers_deputy for select to {app} using (true)",
                "grant select on dealers_deputy to {app}",
            ],
            ["revoke all on dealers_deputy from {app}", "drop policy dealers_deputy_app on dealers_deputy"],
            "For whom a person decides is known before the role is entered",
        ),
        walls.history("dealers_deputy"),
        migrations.RunSQL(WAITING_ALREADY, migrations.RunSQL.noop),
    ]
