"""The kinds of jobs that actions of accounts enqueue; what each does stands in tasks.py."""

from collections.abc import Mapping

from core.jobs import JobKind

MAIL_CONFIRMATION = JobKind("accounts.mail_confirmation")
MAIL_PASSWORD_LINK = JobKind("accounts.mail_password_link")
MAIL_INVITATION = JobKind("accounts.mail_invitation")
MAIL_ACCOUNT_EXISTS = JobKind("accounts.mail_account_exists")
MAIL_APPROVAL_ASKED = JobKind("accounts.mail_approval_asked")
MAIL_APPROVAL_DECIDED = JobKind("accounts.mail_approval_decided")
MAIL_APPROVAL_ALONE = JobKind("accounts.mail_approval_alone")

# The job of each notice, by the template prefix that allauth uses for the change.
NOTICES: Mapping[str, JobKind] = {
    "account/email/email_changed": JobKind("accounts.mail_main_address_changed"),
    "account/email/email_deleted": JobKind("accounts.mail_address_removed"),
    "account/email/password_changed": JobKind("accounts.mail_password_changed"),
    "account/email/password_set": JobKind("accounts.mail_password_set"),
    "account/email/password_reset": JobKind("accounts.mail_password_reset"),
    "mfa/email/recovery_codes_generated": JobKind("accounts.mail_recovery_codes_made"),
    "mfa/email/totp_activated": JobKind("accounts.mail_app_added"),
    "mfa/email/totp_deactivated": JobKind("accounts.mail_app_removed"),
    "mfa/email/webauthn_added": JobKind("accounts.mail_passkey_added"),
    "mfa/email/webauthn_removed": JobKind("accounts.mail_passkey_removed"),
}
