"""The facts of nodes from a decision that was made, without another audit: what was decided is not decided again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from programs.audit.rules.figures import EXCUSING, NodeFacts
from programs.audit.rules.report_rows import Use
from programs.audit.rules.requirements import Kind, Requirement
from programs.rules.attainments import Attainment, RequirementException


@dataclass(frozen=True)
class DecidedNodes:
    """A decision to award. Everything on the way that it chose is met.

    `chosen` are the completed parts of choices and *credits* groups.
    """

    uses: Sequence[Use]
    chosen: frozenset[str]
    pieces: Mapping[str, Attainment]
    exceptions: Sequence[RequirementException]

    def nodes_of(self, tree: Requirement) -> dict[str, NodeFacts]:
        """Return the facts of all nodes of the tree."""
        found: dict[str, NodeFacts] = {}
        self._visit(tree, found, counted=True, excused=False)
        return found

    def _visit(self, node: Requirement, found: dict[str, NodeFacts], *, counted: bool, excused: bool) -> int:
        """Add a node and those below it; return its credits (hundredths)."""
        excused = excused or any(it.node == node.id and it.kind in EXCUSING for it in self.exceptions)
        uses = tuple(use for use in self.uses if use.node == node.id) if counted else ()
        # Without anything that counts below it, an excused group with credit of its own is left out without credit.
        inside = {inner.id for inner in node.walk()}
        left_out = excused and bool(node.nominal) and not any(use.node in inside for use in self.uses)
        below = 0
        for child in node.children:
            chosen = node.kind not in {Kind.CHOOSE, Kind.CREDITS} or child.id in self.chosen
            goes_on = counted and chosen and not left_out and not (node.kind is Kind.PROGRAM and uses)
            below += self._visit(child, found, counted=goes_on, excused=excused)
        earned = 0
        if counted and not left_out:
            through = bool(uses) and not node.leaf
            earned = sum(use.credits for use in uses) if through else below if node.children else self._at(node, uses)
            if node.children and node.nominal and not through:
                earned = node.nominal
        found[node.id] = NodeFacts(counted, counted, earned, earned, uses)
        return earned

    def _at(self, leaf: Requirement, uses: Sequence[Use]) -> int:
        """Return the credits at a leaf; a milestone or quantity that is only excused brings none."""
        if leaf.kind is Kind.MILESTONE:
            return leaf.nominal if uses else 0
        if leaf.kind is Kind.QUANTITY:
            done = sum(self.pieces[use.attainment].quantity for use in uses)
            return leaf.nominal if done >= leaf.min_quantity else 0
        return sum(use.credits for use in uses)
