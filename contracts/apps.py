from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = _("Contracts")

    def ready(self) -> None:
        from contracts import belonging, rules  # noqa: F401  (whom a grant lets see a dealer)

        post_migrate.connect(rules.seed, sender=self, dispatch_uid="contracts.rules")
