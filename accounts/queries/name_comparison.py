"""Whether others may compare a name with the one on a learner's documents."""

from datetime import datetime

from accounts.models import (
    Learner,
)
from accounts.queries.time_zones import learners_time_zone, zone_named
from accounts.rules.name_comparison import ComparisonObstacle, RecordPrivacy, comparison_obstacles
from core import clock


def comparison_obstacles_of(learner: Learner, *, at: datetime) -> tuple[ComparisonObstacle, ...]:
    """Return why names are not compared with those on this person's documents at the instant `at`.

    Empty where they are compared. Each of the linked records counts.
    """
    # The time zone as a column: anybody may ask, so that the answer takes one query.
    rows = Learner.objects.of(learner).annotate(zone=learners_time_zone())
    return comparison_obstacles(
        RecordPrivacy(born, held=held, comparable=comparable, on=clock.civil_date(at, zone_named(zone)))
        for born, held, comparable, zone in rows.values_list("birth_date", "privacy_hold", "names_comparable", "zone")
    )
