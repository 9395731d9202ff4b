"""Where static files lie: each address is worked out once, since a page names thirty of them, icons most of all."""

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class WorkingFiles(StaticFilesStorage):
    """While the portal is being worked on: names as they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str | None, str] = {}

    def url(self, name: str | None, *options: Any, **named: Any) -> str:
        if options or named:
            return super().url(name, *options, **named)
        if name not in self._urls:
            self._urls[name] = super().url(name)
        return self._urls[name]


class CollectedFiles(WorkingFiles, CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """In production: names with the hash of what is in them. What is collected does not change while it is served."""
