"""The few words that say how a job is run and where it stands."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Lane(TextChoices):
    """Who waits for it: a person (now), or nobody in particular (bulk). Bulk work never fills every worker process."""

    NOW = "now", _("now")
    BULK = "bulk", _("bulk")


@dataclass(frozen=True, slots=True)
class JobKind:
    """What a job is called ("app.verb_object") and the lane it goes in.

    An app keeps its kinds in `jobs.py`, which imports nothing of the app. Actions promise by kind; `tasks.py`, which
    calls actions, declares the handlers.
    """

    name: str
    lane: Lane = Lane.NOW


class Mode(TextChoices):
    """What keeps a job from being lost or doubled.

    Atomic: the handler's writes and the mark "done" are one transaction, so the effect happens exactly once. Such a
    handler touches nothing but the database.
    Leased: no lock is held while the handler talks to the world (mail, PDF, webhook); a lease is renewed meanwhile. The
    effect happens at least once: the handler must bear a repeat.
    """

    ATOMIC = "atomic", _("atomic")
    LEASED = "leased", _("leased")


class JobState(TextChoices):
    """Waiting and running jobs go on; done and dead ones have ended."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    DEAD = "dead", _("failed for good")


class Message(StrEnum):
    """What Celery carries: nothing but these names, a lane, or the name of a periodic job."""

    DRAIN = "jobs.drain"
    SWEEP = "jobs.sweep"
    START = "jobs.start"
