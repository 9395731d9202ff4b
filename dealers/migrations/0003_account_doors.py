"""What the login role may touch: accounts, sessions, second factors, and what tells a person's rights and reach."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL, READ, WRITE


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0002_walls"),
        ("account", "__latest__"),
        ("mfa", "__latest__"),
        ("admin", "__latest__"),
        ("auth", "__latest__"),
        ("contenttypes", "__latest__"),
    ]
    operations = [
        walls.system("account_emailaddress", app=ALL, admin=ALL),
        walls.system("account_emailconfirmation", app=ALL),
        walls.system("mfa_authenticator", app=ALL, admin="select, delete"),
        walls.system("django_content_type", app=READ, staff=READ, dealer=READ, admin=READ, jobs=READ),
        walls.system("auth_permission", app=READ, staff=READ, dealer=READ, admin=READ, jobs=READ),
        walls.system("auth_group", app=READ, staff=READ, dealer=READ, admin=WRITE, jobs=READ),
        walls.system("auth_group_permissions", app=READ, staff=READ, dealer=READ, admin=ALL, jobs=READ),
        walls.system("django_admin_log", admin="select, insert"),
        walls.RoleSQL(
            [
                "create policy dealers_assignment_app on dealers_assignment for select to {app} using (true)",
                "grant select on dealers_assignment, dealers_territory, dealers_productline to {app}",
                "create policy dealers_invitation_app on dealers_invitation to {app} using (true)",
                "grant select, update on dealers_invitation to {app}",
            ],
            [
                "revoke all on dealers_assignment, dealers_territory, dealers_productline, dealers_invitation from {app}",
                "drop policy dealers_assignment_app on dealers_assignment",
                "drop policy dealers_invitation_app on dealers_invitation",
            ],
            "What the account doors read to know a person's reach, and the invitation they accept",
        ),
    ]
