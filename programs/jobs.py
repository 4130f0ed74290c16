"""The kinds of jobs of programs, so that actions can enqueue them; the handlers are in tasks.py."""

from core.jobs import JobKind

SETTLE_PROGRESS = JobKind("programs.settle_progress")
REAUDIT_DUE_LEARNER = JobKind("programs.reaudit_due_learner")
SWEEP_PROGRESS = JobKind("programs.sweep_progress")
LAPSE_AWARDS = JobKind("programs.lapse_awards")
SWEEP_AWARDS = JobKind("programs.sweep_awards")
MOVE_AUDITS = JobKind("programs.move_audits")
MOVE_LEARNER = JobKind("programs.move_learner")
SWEEP_LAPSING = JobKind("programs.sweep_lapsing")
MAIL_ENROLLED = JobKind("programs.mail_enrolled")
MAIL_RESCINDED = JobKind("programs.mail_rescinded")
MAIL_LAPSING = JobKind("programs.mail_lapsing")
SWEEP_COMPLETIONS = JobKind("programs.sweep_completions")
COMPLETE_LEARNERS = JobKind("programs.complete_learners")
COMPLETE_LEARNER = JobKind("programs.complete_learner")
SWEEP_EXCEPTIONS = JobKind("programs.sweep_exceptions")
REVIEW_EXCEPTIONS = JobKind("programs.review_exceptions")
