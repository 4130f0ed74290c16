"""The result of one check of a credential: passed, failed or not possible, with the reason as a code."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

# Clocks of issuers and ours differ: every date in a credential, its proof and its list is compared with this tolerance.
CLOCK_SKEW = timedelta(minutes=5)


class CheckName(StrEnum):
    """What is checked, in the order that a reader understands."""

    READABLE = "readable"
    CREDENTIAL = "credential"
    ISSUER_KEY = "issuer_key"
    SIGNATURE = "signature"
    STARTED = "started"
    NOT_LAPSED = "not_lapsed"
    CONTENT = "content"
    FORM = "form"
    ON_SITE = "on_site"
    STATUS = "status"
    TRANSCRIPT = "transcript"
    FACTS = "facts"
    IN_FORCE = "in_force"


class Reason(StrEnum):
    """Why a check ended as it did; credentials.verification.labels has the words."""

    WELL = "well"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NO_RECORD = "no_record"
    NOT_JSON = "not_json"
    NOT_A_BADGE = "not_a_badge"
    NO_PROOF = "no_proof"
    SEVERAL_PROOFS = "several_proofs"
    OTHER_SUITE = "other_suite"
    UNKNOWN_CONTEXT = "unknown_context"
    OTHER_DID = "other_did"
    DID_NOT_CANONICAL = "did_not_canonical"
    KEY_OF_ANOTHER = "key_of_another"
    NOT_FETCHED = "not_fetched"
    KEY_NOT_LISTED = "key_not_listed"
    WRONG_SIGNATURE = "wrong_signature"
    UNSIGNED_MEMBERS = "unsigned_members"
    NOT_CANONICAL = "not_canonical"
    NO_SUBJECT_ID = "no_subject_id"
    HOSTED = "hosted"
    HOSTED_OTHERWISE = "hosted_otherwise"
    NO_INSTANT = "no_instant"
    NOT_YET = "not_yet"
    LAPSED = "lapsed"
    NO_STATUS = "no_status"
    OTHER_STATUS = "other_status"
    WRONG_LIST = "wrong_list"
    OLD_LIST = "old_list"
    REVOKED = "revoked"
    OTHER_FACTS = "other_facts"
    REPLACED = "replaced"
    LIBRARY = "library"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Check:
    """One check; `passed` is None where the check was not possible."""

    name: CheckName
    passed: bool | None
    reason: Reason


# Why a check was not possible, where asking again later may help. Everything else stays as it is.
PASSING = frozenset({Reason.NOT_FETCHED, Reason.OLD_LIST, Reason.LIBRARY})
