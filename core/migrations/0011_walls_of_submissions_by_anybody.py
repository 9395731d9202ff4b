"""Also somebody who is not signed in, and account doors, write and read the marks of their own forms."""

from django.db import migrations

from core.database import walls
from core.database.walls import ME

BEFORE = ("dealer", "staff", "admin")
NEW = ("public", "app")
OWN = f"user_id is not distinct from {ME}"
WALL = walls.RoleSQL(
    [
        *(f"alter policy core_submission_{role} on core_submission using ({OWN})" for role in BEFORE),
        *(f"create policy core_submission_{role} on core_submission to {{{role}}} using ({OWN})" for role in NEW),
        f"grant {walls.ALL} on core_submission to {{public}}, {{app}}",
    ],
    [
        "revoke all on core_submission from {public}, {app}",
        *(f"drop policy core_submission_{role} on core_submission" for role in NEW),
        *(f"alter policy core_submission_{role} on core_submission using (user_id = {ME})" for role in BEFORE),
    ],
    "Forms that were sent: everybody his own, nobody included",
)


class Migration(migrations.Migration):
    dependencies = [("core", "0009_walls_of_submissions")]
    operations = [WALL]
