from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PerformanceConfig(AppConfig):
    name = "performance"
    verbose_name = _("Performance")

    def ready(self) -> None:
        from performance import defaults, measures

        measures.discover()
        post_migrate.connect(defaults.seed, sender=self, dispatch_uid="performance.defaults")
