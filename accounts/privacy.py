"""The tables of accounts and of the packages it uses, in the register of learner tables."""

from core.privacy import Erasure, LearnerTable, Retention

IDENTITY_IS_PROOF = "who an award was given to must be provable for as long as the award is"
NO_PERSONAL_TEXT = "it holds ids, codes, numbers, dates and digests only"
HISTORY = "Who changed it, when, from what to what."

RECORDS = (
    LearnerTable(
        model="accounts.Learner",
        path="",
        purpose="The person a record is about.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=IDENTITY_IS_PROOF,
        exported=(
            "public_id",
            "learner_number",
            "birth_date",
            "deceased_on",
            "home_organization",
            "privacy_hold",
            "names_comparable",
            "created_at",
        ),
    ),
    LearnerTable(
        model="accounts.LearnerEvent",
        path="pgh_obj",
        purpose=HISTORY,
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=IDENTITY_IS_PROOF,
        exported=(
            "pgh_created_at",
            "pgh_label",
            "learner_number",
            "birth_date",
            "deceased_on",
            "home_organization",
            "privacy_hold",
            "names_comparable",
        ),
    ),
    LearnerTable(
        model="accounts.LearnerName",
        purpose="What a learner is and was called; documents copy the name they use.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=IDENTITY_IS_PROOF,
        exported=("kind", "text", "starts_on", "ends_on"),
    ),
    LearnerTable(
        model="accounts.LearnerNameEvent",
        purpose=HISTORY,
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=IDENTITY_IS_PROOF,
        exported=("pgh_created_at", "pgh_label", "kind", "text", "starts_on", "ends_on"),
    ),
    LearnerTable(
        model="accounts.LearnerIdentifier",
        purpose="What other systems call the learner, so that their messages find the record.",
        retention=Retention.RECORD,
        erasure=Erasure.DELETED,
        exported=("scheme", "issuer", "value", "prints", "created_at", "ended_at"),
    ),
    LearnerTable(
        model="accounts.LearnerIdentifierEvent",
        purpose=HISTORY,
        retention=Retention.RECORD,
        erasure=Erasure.DELETED,
        exported=("pgh_created_at", "pgh_label", "scheme", "issuer", "value", "prints", "ended_at"),
    ),
    LearnerTable(
        model="accounts.AdvisorAssignment",
        purpose="Who advises the learner, and so sees their record.",
        retention=Retention.RECORD,
        erasure=Erasure.KEPT,
        kept_because=NO_PERSONAL_TEXT,
        exported=("advisor", "starts_at", "ends_at"),
    ),
    LearnerTable(
        model="accounts.LearnerLink",
        purpose="Which records are one person, since when and why.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.BLANKED,
        blanks={"reason": "", "unlink_reason": ""},
        exported=("linked_at", "reason", "unlinked_at", "unlink_reason"),
    ),
)

SHARING = (
    LearnerTable(
        model="accounts.SharingGrant",
        purpose="What the learner allowed others to read, with the proof of consent.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=NO_PERSONAL_TEXT,
        exported=("public_id", "organization", "purpose", "granted_at", "expires_at", "use_limit", "withdrawn_at"),
    ),
    LearnerTable(
        model="accounts.SharingLink",
        purpose="The hashed token of a grant that is a link.",
        retention=Retention.RECORD,
        erasure=Erasure.DELETED,
        withheld="a digest of a random token says nothing about anybody",
    ),
    LearnerTable(
        model="accounts.Disclosure",
        purpose="What was shown to whom outside: proof for the learner and for the institution.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=NO_PERSONAL_TEXT,
        exported=("disclosed_at", "organization", "act", "subject_kind", "subject_id", "status"),
        append_only=True,
    ),
)

ACCOUNTS = (
    LearnerTable(
        model="accounts.User",
        path="learner",
        purpose="Signing in.",
        retention=Retention.ACCOUNT,
        erasure=Erasure.BLANKED,
        blanks={"email": "erased-{pk}@invalid", "display_name": "", "password": "!", "is_active": False},
        exported=("email", "display_name", "language", "joined_at", "last_login"),
    ),
    LearnerTable(
        model="accounts.UserEvent",
        path="pgh_obj__learner",
        purpose=HISTORY,
        retention=Retention.ACCOUNT,
        erasure=Erasure.BLANKED,
        blanks={"email": "", "display_name": ""},
        exported=("pgh_created_at", "pgh_label", "email", "display_name", "language", "is_active"),
    ),
    LearnerTable(
        model="account.EmailAddress",
        path="user__learner",
        purpose="The account's addresses, and which of them are confirmed.",
        retention=Retention.ACCOUNT,
        erasure=Erasure.DELETED,
        exported=("email", "verified", "primary"),
    ),
    LearnerTable(
        model="account.EmailConfirmation",
        path="email_address__user__learner",
        purpose="A package's table; our mailed links are MailTokens.",
        retention=Retention.SHORT,
        erasure=Erasure.DELETED,
        withheld="a key says nothing about anybody",
    ),
    LearnerTable(
        model="accounts.MailToken",
        path="user__learner",
        purpose="Mailed links, good for one purpose, once.",
        retention=Retention.SHORT,
        erasure=Erasure.DELETED,
        withheld="digests of random tokens say nothing about anybody",
    ),
    LearnerTable(
        model="mfa.Authenticator",
        path="user__learner",
        purpose="Second factors.",
        retention=Retention.ACCOUNT,
        erasure=Erasure.DELETED,
        exported=("type", "created_at", "last_used_at"),
    ),
    LearnerTable(
        model="usersessions.UserSession",
        path="user__learner",
        purpose="Where the account is signed in, shown to its owner.",
        retention=Retention.SHORT,
        erasure=Erasure.DELETED,
        exported=("created_at", "last_seen_at", "ip", "user_agent"),
    ),
    LearnerTable(
        model="pghistory.Context",
        purpose="Who changed something in a record, and the reason they gave in their own words.",
        retention=Retention.RECORD,
        erasure=Erasure.BLANKED,
        blanks={"metadata.why": ""},
        withheld="reasons are the institution's working notes; the changes themselves are exported",
        named_by={
            "accounts.LearnerEvent": "pgh_context",
            "accounts.LearnerNameEvent": "pgh_context",
            "accounts.LearnerIdentifierEvent": "pgh_context",
            "accounts.UserEvent": "pgh_context",
        },
    ),
)

LEARNER_TABLES = (*RECORDS, *SHARING, *ACCOUNTS)
