"""Uploads go to a file on disk, and no further than anybody may use: the rest of an endless body is dropped."""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from core.files.storage import MEGABYTE

# What other forms take, such as frameworks to import, whatever learners may hand in.
LEAST_MB = 64


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Writes at most the largest upload that any form takes; `size` tells how large it was, so forms can refuse it."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep what lies below the cap, one portion more at most, so that a file cut off is seen to be too large."""
        if start <= max(settings.FILES_LARGEST_MB, LEAST_MB) * MEGABYTE:
            return super().receive_data_chunk(raw_data, start)
        return None
