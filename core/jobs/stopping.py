"""Whether this worker was asked to stop: its processes then end their job and take no other."""

from multiprocessing.sharedctypes import RawValue

# In memory shared by the worker and the processes it forks; without a lock, which a killed process could not give back.
_asked = RawValue("b", 0)


def ask_to_stop() -> None:
    """Tell the processes of this worker to take no further job."""
    _asked.value = 1


def stopping() -> bool:
    """Whether `ask_to_stop` was called in this worker."""
    return bool(_asked.value)
