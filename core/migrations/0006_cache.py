"""The table of `core.cache`. Unlogged: after a crash of the database counters start again, and nothing else is lost."""

from django.db import migrations

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [("core", "0005_walls_of_jobs")]
    operations = [
        migrations.RunSQL(
            "create unlogged table core_cache (key text primary key, value text not null, expires_at timestamptz)",
            "drop table core_cache",
        ),
        walls.system("core_cache", app=walls.ALL),
    ]
