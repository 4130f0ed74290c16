"""How many files a piece of work may have, and how much a learner's files may take together."""

from django.conf import settings

from core.files.refusals import FileRefusedError
from core.files.storage import MEGABYTE


def check_room(*, files: int, used: int, size: int) -> None:
    """Whether one more file of `size` bytes fits beside `files` in this work and `used` bytes of this learner.

    Raises FileRefusedError.
    """
    if files >= settings.FILES_PER_WORK:
        raise FileRefusedError("too_many", most=settings.FILES_PER_WORK)
    if used + size > settings.FILES_PER_LEARNER_MB * MEGABYTE:
        raise FileRefusedError("no_room", most=settings.FILES_PER_LEARNER_MB)
