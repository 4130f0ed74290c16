"""Private files of learners: checked by content, kept under random keys, handed out only by a view that asks.

stored = keep(upload) # or FileRefusedError, whose `words` tell people why and how to mend it
return kept_response(stored.key, name=stored.name, media_type=stored.media_type)
"""

from core.files.limits import check_room
from core.files.refusals import FileRefusedError, NotKeptError
from core.files.serving import kept_response
from core.files.storage import Accepted, StoredFile, Upload, forget, inspect, keep, open_kept
from core.files.sweeping import register_holder

__all__ = [
    "Accepted",
    "FileRefusedError",
    "NotKeptError",
    "StoredFile",
    "Upload",
    "check_room",
    "forget",
    "inspect",
    "keep",
    "kept_response",
    "open_kept",
    "register_holder",
]
