"""The states of mastery."""

from enum import StrEnum


class MasteryState(StrEnum):
    """The state of a learner on one competency under one policy, as of a day and as known at an instant.

    Mastery *holds* on a day when the pieces that count on that day meet every condition of the policy.

    - MASTERED: mastery holds on the day.
    - LAPSED: mastery held on an earlier day, and without recency window and validity it would still hold.
    - WITHDRAWN: neither of these, but (a) without any void the state would be mastered or lapsed, and (b) mastery was
      known: with what was known just before one of the voids, it held on this or an earlier day. Voiding ended it.
    - BELOW: none of these, and at least one piece counts. Newer, weaker work under `latest` and a correction to a lower
      level also lead here: the evidence shows less than before.
    - NONE: none of these, and nothing counts.
    """

    # Values are stored in rows of mastery and in records of awards: never rename one.
    NONE = "none"
    BELOW = "below"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    MASTERED = "mastered"
