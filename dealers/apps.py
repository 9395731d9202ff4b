from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DealersConfig(AppConfig):
    name = "dealers"
    verbose_name = _("Dealers and people")

    def ready(self) -> None:
        from core import jobs, navigation, ticks
        from core.exports import answers, build
        from dealers import approvals, briefing, events, sign_in_log  # noqa: F401  (the log hears of the account doors)
        from dealers.seeding import seed
        from dealers.services import letters
        from dealers.services.exports import note_export
        from dealers.step_up import before_export
        from dealers.tasks import send_letters

        events.discover()
        approvals.discover()
        briefing.discover()
        navigation.discover()
        ticks.add(ticks.Sweep(letters.is_due, lambda: jobs.ring(send_letters, queue="mail")))
        build.when_exported(note_export)
        answers.before_large(before_export)
        post_migrate.connect(seed, sender=self, dispatch_uid="dealers.seed")
