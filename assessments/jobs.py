"""The kinds of jobs of assessments that actions enqueue; the handlers are in tasks.py."""

from core.jobs import JobKind

DECIDE_PARENTS_AGAIN = JobKind("assessments.decide_parents_again")
DECIDE_PARENTS_OF_LEARNER = JobKind("assessments.decide_parents_of_learner")
