"""Stops keeping an upload at the limit, so that an endless file cannot fill the disk before anybody looks at it."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


class LimitedUpload(FileUploadHandler):
    """First in FILE_UPLOAD_HANDLERS: passes on one byte more than allowed and drops the rest.

    The form then sees a file over the limit, says so, and keeps what was typed.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        room = settings.UPLOAD_LIMIT_BYTES + 1 - start
        return raw_data[:room] if room > 0 else None

    def file_complete(self, file_size: int) -> Any:
        return None
