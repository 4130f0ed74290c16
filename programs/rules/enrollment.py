"""An enrollment's status on a day, computed from its dated events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class EventKind(StrEnum):
    """What can happen to an enrollment."""

    ADMIT = "admit"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    DISMISS = "dismiss"
    READMIT = "readmit"
    COMPLETE = "complete"
    CHANGE_VERSION = "change_version"
    CORRECT = "correct"


class EnrollmentState(StrEnum):
    """The states of an enrollment."""

    NONE = "none"
    ADMITTED = "admitted"
    ACTIVE = "active"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"
    COMPLETED = "completed"


ENDED = frozenset({EnrollmentState.WITHDRAWN, EnrollmentState.DISMISSED, EnrollmentState.COMPLETED})
_RUNNING = frozenset({EnrollmentState.ADMITTED, EnrollmentState.ACTIVE, EnrollmentState.PAUSED})

FOLLOWS = {
    EventKind.ADMIT: (frozenset({EnrollmentState.NONE}), EnrollmentState.ADMITTED),
    EventKind.START: (frozenset({EnrollmentState.ADMITTED}), EnrollmentState.ACTIVE),
    EventKind.PAUSE: (frozenset({EnrollmentState.ADMITTED, EnrollmentState.ACTIVE}), EnrollmentState.PAUSED),
    EventKind.RESUME: (frozenset({EnrollmentState.PAUSED}), EnrollmentState.ACTIVE),
    EventKind.WITHDRAW: (_RUNNING, EnrollmentState.WITHDRAWN),
    EventKind.DISMISS: (_RUNNING, EnrollmentState.DISMISSED),
    EventKind.READMIT: (frozenset({EnrollmentState.WITHDRAWN, EnrollmentState.DISMISSED}), EnrollmentState.ACTIVE),
    EventKind.COMPLETE: (_RUNNING, EnrollmentState.COMPLETED),
}
"""By event, the states from which it is possible and the state that follows. A change of version keeps the state."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event; it takes effect at the beginning of its day. `corrects` is the id of the event that it voids."""

    id: int
    kind: EventKind
    effective_on: date
    corrects: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class EnrollmentStatus:
    """The state, the day it began, the version in force, and the active days.

    `active_days` counts the days from admission to the day before the status, without pauses and without the time after
    an end. Time limits are measured in active days.
    """

    state: EnrollmentState
    since: date | None
    version: int | None
    active_days: int

    @property
    def open(self) -> bool:
        """Whether the learner is admitted, and the enrollment has not ended."""
        return self.state in _RUNNING

    @property
    def ended(self) -> bool:
        """Whether the learner withdrew, was dismissed, or completed."""
        return self.state in ENDED


class OutOfTurnError(ValueError):
    """The event is not possible in the state before it."""

    def __init__(self, event: Event, state: EnrollmentState) -> None:
        self.event = event
        self.state = state
        super().__init__(f"{event.kind} on {event.effective_on} while {state}")


def status_on(events: Iterable[Event], on: date | None) -> EnrollmentStatus:
    """Return the status at the end of a day; None takes every event, also later ones, and counts no further days.

    The order of the input does not matter: events are sorted by day, and within a day by id. Raises OutOfTurnError when
    an event is not possible after those before it.
    """
    state, since, version = EnrollmentState.NONE, None, None
    days, running_from = 0, None
    for event in events_in_force(events):
        if on is not None and event.effective_on > on:
            break
        if event.kind is EventKind.CHANGE_VERSION:
            if state not in _RUNNING:
                raise OutOfTurnError(event, state)
            version = event.version
            continue
        possible, leads_to = FOLLOWS[event.kind]
        if state not in possible:
            raise OutOfTurnError(event, state)
        if running_from is not None:
            days += (event.effective_on - running_from).days
        state, since = leads_to, event.effective_on
        running_from = event.effective_on if _ticks(state) else None
        version = event.version if event.kind is EventKind.ADMIT else version
    if on is not None and running_from is not None:
        days += (on - running_from).days
    return EnrollmentStatus(state, since, version, days)


def events_in_force(events: Iterable[Event]) -> Sequence[Event]:
    """Return the events that no correction voids, in the order in which they count, without the corrections.

    A correction that is itself voided voids nothing.
    """
    every = {event.id: event for event in events}
    corrected: set[int] = set()
    for event in sorted(every.values(), key=lambda event: event.id, reverse=True):
        if event.kind is EventKind.CORRECT and event.id not in corrected and event.corrects is not None:
            corrected.add(event.corrects)
    return sorted(
        (event for event in every.values() if event.id not in corrected and event.kind is not EventKind.CORRECT),
        key=lambda event: (event.effective_on, event.id),
    )


def possible_from(state: EnrollmentState) -> frozenset[EventKind]:
    """Return the kinds of events that are possible in a state."""
    kinds = {kind for kind, (possible, _) in FOLLOWS.items() if state in possible}
    return frozenset(kinds | ({EventKind.CHANGE_VERSION} if state in _RUNNING else set()))


def _ticks(state: EnrollmentState) -> bool:
    return state in {EnrollmentState.ADMITTED, EnrollmentState.ACTIVE}
