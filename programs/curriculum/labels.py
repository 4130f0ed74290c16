"""Texts for authors: findings of the linter, and refusals of actions."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

from programs import labels
from programs.audit.labels import FaultMessage, fault_message
from programs.curriculum.errors import TreeRefusedError
from programs.curriculum.rules.lint import Finding


def finding_in_words(finding: Finding) -> FaultMessage:
    """Return the text of a finding, with the node as its place."""
    return fault_message(finding.node, finding.code, finding.values)


REFUSALS: Mapping[type[Exception], str | Promise | Any] = {
    **labels.REFUSALS,
    TreeRefusedError: lambda refusal: " ".join(str(finding_in_words(finding)) for finding in refusal.findings),
}
