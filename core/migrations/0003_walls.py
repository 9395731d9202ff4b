"""Rights on the mechanism's tables and on those that Django itself brings."""

from django.db import migrations

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [("core", "0002_change")]
    operations = [
        walls.staff_only("core_change", staff=walls.READ, admin=walls.READ, jobs=walls.READ),
        walls.append_only("core_change"),
        walls.system("django_migrations", app=walls.READ),
    ]
