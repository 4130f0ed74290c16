"""The tables of credentials in the register of learner tables."""

from core.privacy import Erasure, LearnerTable, Retention

PROOF = "what was issued must be provable for as long as the law asks; then bytes and name go, digests stay"
NO_PERSONAL_TEXT = "it holds ids, codes, numbers and dates only"

LEARNER_TABLES = (
    LearnerTable(
        model="credentials.Document",
        purpose="The signed papers about the learner's awards, and what the record said on the days transcripts were "
        "made, each with the name that it uses.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=PROOF,
        exported=(
            "public_id", "kind", "official", "award", "state", "reason", "supersedes", "name", "content", "digest",
            "issued_at", "superseded_at", "revoked_at", "revocation_class", "notified_at", "erased_at",
        ),
    ),
    LearnerTable(
        model="credentials.DocumentCode",
        purpose="The printed codes of these papers, and the serials of transcripts.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=NO_PERSONAL_TEXT,
        exported=("document", "code"),
        append_only=True,
    ),
    LearnerTable(
        model="credentials.StatusEntry",
        purpose="Which bit of which published list says whether a paper holds.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=NO_PERSONAL_TEXT,
        exported=("document", "status_list", "index"),
        append_only=True,
    ),
    LearnerTable(
        model="credentials.RevocationBody",
        path="document__learner",
        purpose="Why a paper was taken back, in the registrar's words.",
        retention=Retention.RECORD,
        erasure=Erasure.BLANKED,
        blanks={"content": None},
        exported=("content", "erased_at"),
    ),
    LearnerTable(
        model="credentials.Printing",
        purpose="PDFs of certificates and transcripts, kept a month so that they need not be drawn twice.",
        retention=Retention.SHORT,
        erasure=Erasure.DELETED,
        withheld="the papers are made of rows that are exported",
    ),
    LearnerTable(
        model="credentials.NameComparison",
        purpose="When somebody compared a name with the one on a document, and whether it matched.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=NO_PERSONAL_TEXT,
        exported=("document", "day", "number", "matched", "compared_at"),
        append_only=True,
    ),
    LearnerTable(
        model="credentials.GrantItem",
        purpose="Which transcripts each sharing covers.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=NO_PERSONAL_TEXT,
        exported=("grant", "transcript", "and_successors", "covered_at"),
        append_only=True,
    ),
)  # fmt: skip
