from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Schedules")

    def ready(self) -> None:
        from core import holidays, jobs, listing, reminders, schedules, tidying  # noqa: F401  (tidying brings a kind of job)
        from core.exports import later  # noqa: F401  (so does this)
        from core.search import sources

        jobs.discover()
        listing.discover()
        reminders.discover()
        sources.discover()
        post_migrate.connect(schedules.seed, sender=self, dispatch_uid="core.schedules")
        post_migrate.connect(holidays.seed, sender=self, dispatch_uid="core.holidays")
