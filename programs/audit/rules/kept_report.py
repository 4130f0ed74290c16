"""The report of an audit that was stored: the same rows as `completion.report.Report`, read instead of computed."""

from dataclasses import dataclass
from functools import cached_property

from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.eligibility import Refusal
from programs.audit.rules.report_rows import NewPiece, NodeResult, Step, Use


@dataclass(frozen=True)
class KeptReport:
    """The rows of a stored audit. Nodes outside the plan have no uses, because these are not stored."""

    assignment: Assignment
    nodes: tuple[NodeResult, ...]
    uses: tuple[Use, ...]
    steps: tuple[Step, ...]
    new_pieces: tuple[NewPiece, ...]
    left_out: tuple[Refusal, ...]
    exceptions_used: tuple[str, ...]

    @cached_property
    def by_id(self) -> dict[str, NodeResult]:
        """The results of nodes by id."""
        return {node.node: node for node in self.nodes}
