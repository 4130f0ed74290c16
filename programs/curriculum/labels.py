"""What the linter found, in words."""

from programs.audit.labels import Complaint, complaint
from programs.curriculum.rules.lint import Finding


def finding_in_words(finding: Finding) -> Complaint:
    """What the linter found, with the node as its place."""
    return complaint(finding.node, finding.code, finding.values)
