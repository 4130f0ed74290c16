"""The kinds of jobs of credentials; what each does stands in tasks.py."""

from core.jobs import JobKind, Lane

ISSUE = JobKind("credentials.issue")
SIGN = JobKind("credentials.sign")
PREPARE_SUCCESSOR = JobKind("credentials.prepare_successor")
REISSUE_UNDER_NEW_KEY = JobKind("credentials.reissue_under_new_key", Lane.BULK)
END_PAPERS = JobKind("credentials.end_papers")
PUBLISH = JobKind("credentials.publish")
REFRESH_LISTS = JobKind("credentials.refresh_lists")
TELL = JobKind("credentials.tell")
FORGET_PRINTINGS = JobKind("credentials.forget_printings", Lane.BULK)
