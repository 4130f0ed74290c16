"""Record, correct and void evidence. No other module writes into the ledger."""

from assessments.evidence.actions.items import EvidenceItem, RecordedEvidence, SourceReference
from assessments.evidence.actions.recording import check_performed_on, record_evidence
from assessments.evidence.actions.reviewing import review_recommendation
from assessments.evidence.actions.sources import newest_of_sources
from assessments.evidence.actions.voiding import void_evidence

__all__ = [
    "EvidenceItem",
    "RecordedEvidence",
    "SourceReference",
    "check_performed_on",
    "newest_of_sources",
    "record_evidence",
    "review_recommendation",
    "void_evidence",
]
