"""Where static files lie: each address is worked out once, since a page names thirty of them, icons most of all."""

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class _Remembering:
    """In front of a storage whose files do not change while it lives."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name: str, **options: Any) -> str:
        known = self._urls.get(name)
        if known is None or options:
            known = self._urls[name] = super().url(name, **options)  # type: ignore[misc]  # the storage it stands before
        return known


class WorkingFiles(_Remembering, StaticFilesStorage):
    """While the portal is being worked on: names as they are."""


class CollectedFiles(_Remembering, CompressedManifestStaticFilesStorage):
    """In production: names with the hash of what is in them."""
