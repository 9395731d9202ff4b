"""Everybody chooses for himself what he is told; jobs read it to deliver."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL, ME

TABLE = "communications_noticepreference"
PREFERENCES = walls.RoleSQL(
    [
        f"alter table {TABLE} enable row level security",
        f"create policy {TABLE}_own on {TABLE} to {{dealer}}, {{staff}} using (person_id = {ME})",
        f"create policy {TABLE}_jobs on {TABLE} to {{jobs}} using (true)",
        f"grant {ALL} on {TABLE} to {{dealer}}, {{staff}}",
        f"grant select on {TABLE} to {{jobs}}",
    ],
    [
        f"revoke all on {TABLE} from {{dealer}}, {{staff}}, {{jobs}}",
        f"drop policy {TABLE}_own on {TABLE}",
        f"drop policy {TABLE}_jobs on {TABLE}",
        f"alter table {TABLE} disable row level security",
    ],
    "Notice preferences: one's own",
)


class Migration(migrations.Migration):
    dependencies = [("communications", "0001_notice_preferences"), ("core", "0005_walls_of_jobs")]
    operations = [PREFERENCES, walls.history(TABLE)]
