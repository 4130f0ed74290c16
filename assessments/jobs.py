"""The kinds of background jobs of assessments that actions promise; tasks.py has the handlers."""

from core.jobs import JobKind

MAIL_JUDGED = JobKind("assessments.mail_judged")
MAIL_RETURNED = JobKind("assessments.mail_returned")
MAIL_CORRECTED = JobKind("assessments.mail_corrected")
DECIDE_PARENTS_AGAIN = JobKind("assessments.decide_parents_again")
DECIDE_PARENTS_OF_LEARNER = JobKind("assessments.decide_parents_of_learner")
