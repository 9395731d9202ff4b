"""Everybody writes and reads the marks of his own forms."""

from django.db import migrations

from core.database import walls
from core.database.walls import ME

ROLES = ("dealer", "staff", "admin")
WALL = walls.RoleSQL(
    [
        "alter table core_submission enable row level security",
        *(
            f"create policy core_submission_{role} on core_submission to {{{role}}} using (user_id = {ME})"
            for role in ROLES
        ),
        "create policy core_submission_jobs on core_submission to {jobs} using (true)",
        f"grant {walls.ALL} on core_submission to {{dealer}}, {{staff}}, {{admin}}, {{jobs}}",
    ],
    [
        "revoke all on core_submission from {dealer}, {staff}, {admin}, {jobs}",
        *(f"drop policy core_submission_{role} on core_submission" for role in (*ROLES, "jobs")),
        "alter table core_submission disable row level security",
    ],
    "Forms that were sent: everybody his own",
)


class Migration(migrations.Migration):
    dependencies = [("core", "0008_submission")]
    operations = [WALL]
