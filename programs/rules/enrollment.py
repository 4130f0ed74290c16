"""An enrollment's state on a day: the fold of its dated events."""

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
    """Where an enrollment stands."""

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
    EventKind.COMPLETE: (frozenset({EnrollmentState.ACTIVE, EnrollmentState.ADMITTED}), EnrollmentState.COMPLETED),
}
"""From which states an event is possible, and where it leads. A change of version leaves the state as it is."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event; it takes effect at the beginning of its day. `corrects` names the event that it takes back."""

    id: int
    kind: EventKind
    effective_on: date
    corrects: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class EnrollmentStatus:
    """The fold: the state, since when, the version in force, and the days on which the clocks ran.

    `active_days` counts the days from admission up to (not including) the day asked for, without pauses and without
    the time after an end: what time limits are measured in.
    """

    state: EnrollmentState
    since: date | None
    version: int | None
    active_days: int

    @property
    def open(self) -> bool:
        """Admitted, and not ended."""
        return self.state in _RUNNING

    @property
    def ended(self) -> bool:
        return self.state in ENDED


class OutOfTurnError(ValueError):
    """An event cannot follow what was before it: `event` in `state`."""

    def __init__(self, event: Event, state: EnrollmentState) -> None:
        self.event = event
        self.state = state
        super().__init__(f"{event.kind} on {event.effective_on} while {state}")


def standing_on(events: Iterable[Event], on: date | None) -> EnrollmentStatus:
    """The state at the end of that day; None takes every event, coming ones too, and counts no further days.

    Order of input does not matter: events count by their day, on one day by id. Raises OutOfTurnError when an event
    cannot follow those before it.
    """
    state, since, version = EnrollmentState.NONE, None, None
    days, running_from = 0, None
    for event in standing_events(events):
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


def standing_events(events: Iterable[Event]) -> Sequence[Event]:
    """Those that nobody took back, in the order in which they count; corrections themselves are left out.

    A correction that was itself taken back takes nothing back.
    """
    every = {event.id: event for event in events}
    taken_back: set[int] = set()
    for event in sorted(every.values(), key=lambda event: event.id, reverse=True):
        if event.kind is EventKind.CORRECT and event.id not in taken_back and event.corrects is not None:
            taken_back.add(event.corrects)
    return sorted(
        (event for event in every.values() if event.id not in taken_back and event.kind is not EventKind.CORRECT),
        key=lambda event: (event.effective_on, event.id),
    )


def possible_from(state: EnrollmentState) -> frozenset[EventKind]:
    """What can happen next."""
    found = {kind for kind, (possible, _) in FOLLOWS.items() if state in possible}
    return frozenset(found | ({EventKind.CHANGE_VERSION} if state in _RUNNING else set()))


def _ticks(state: EnrollmentState) -> bool:
    return state in {EnrollmentState.ADMITTED, EnrollmentState.ACTIVE}
