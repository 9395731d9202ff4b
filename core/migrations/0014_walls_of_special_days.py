"""Everybody reads the calendars; administrators keep them."""

from django.db import migrations

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [("core", "0013_special_days")]
    operations = [walls.shared("core_specialday"), walls.history("core_specialday")]
