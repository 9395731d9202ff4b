from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunicationsConfig(AppConfig):
    name = "communications"
    verbose_name = _("Communications")

    def ready(self) -> None:
        from communications import outbox
        from core import ticks

        ticks.add(ticks.Sweep(outbox.is_due, outbox.ring))
