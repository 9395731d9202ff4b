from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The house itself: declares what other packages bring, and owns the commands that run it."""

    name = "config"

    def ready(self) -> None:
        from config.doors import declare_all

        declare_all()
