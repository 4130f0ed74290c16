"""The kinds of background jobs of credentials; tasks.py has the handlers. The strings are stored in the outbox."""

from core.jobs import JobKind, Lane

ISSUE = JobKind("credentials.issue")
SIGN = JobKind("credentials.sign")
PREPARE_SUCCESSOR = JobKind("credentials.prepare_successor")
REISSUE_UNDER_NEW_KEY = JobKind("credentials.reissue_under_new_key", Lane.BULK)
REVOKE_RESCINDED = JobKind("credentials.end_papers")
PUBLISH = JobKind("credentials.publish")
REFRESH_LISTS = JobKind("credentials.refresh_lists")
NOTIFY_HOLDER = JobKind("credentials.tell")
MAIL_REVOKED = JobKind("credentials.mail_revoked")
FORGET_PRINTINGS = JobKind("credentials.forget_printings", Lane.BULK)
