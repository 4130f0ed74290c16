"""What the lists of the desk show beside each row, in the same query."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from programs.models import EnrollmentEvent
from programs.rules.enrollment import FOLLOWS, EnrollmentState, EventKind

MOVING = [kind.value for kind in FOLLOWS]


def with_last_event(enrollments: QuerySet[Any], *, on: date) -> QuerySet[Any]:
    """Each enrollment with `last_event`: the kind of the event that decides its state on that day."""
    events = EnrollmentEvent.objects.filter(
        enrollment=OuterRef("pk"), kind__in=MOVING, corrected_by=None, effective_on__lte=on
    ).order_by("-effective_on", "-pk")
    found: QuerySet[Any] = enrollments.annotate(last_event=Subquery(events.values("kind")[:1]))
    return found


def state_after(last_event: str | None) -> EnrollmentState:
    """The state that the last event leads to; events stand in turn, so no other is needed."""
    return EnrollmentState.NONE if last_event is None else FOLLOWS[EventKind(last_event)][1]
