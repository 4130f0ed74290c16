"""The faults of a draft that is to be published as `cairn-program@2`: those of every tree, and of its authoring."""

from collections.abc import Collection, Mapping

from programs.audit.rules.context import NEWEST
from programs.audit.rules.requirements import Requirement
from programs.audit.rules.tree_faults import Finding
from programs.curriculum.rules.lint import lint
from programs.curriculum.rules.lint_credits import lint_credits
from programs.curriculum.rules.lint_limits import lint_limits
from programs.curriculum.rules.lint_sharing import lint_sharing

ALLOWED = frozenset({"no_credit_by_mastery"})
"""A draft may leave a credits group to recognized study; `nothing_fills_it` is found where that cannot fill it."""


def lint_draft(
    tree: Requirement,
    *,
    showable: Collection[str] | None = None,
    stacked: Mapping[str, Requirement] | None = None,
    undecided: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Return every finding that keeps a draft from being published, in the order of the tree.

    `showable` and `stacked` are those of `lint`. `undecided` are the groups of which the author has not said whether
    their parts share pieces. The tree has the credits of competencies as they would be frozen.
    """
    of_every_tree = lint(tree, showable=showable, stacked=stacked, method=NEWEST)
    findings = [
        *(finding for finding in of_every_tree if finding.code not in ALLOWED),
        *lint_sharing(tree, undecided),
        *lint_limits(tree),
        *lint_credits(tree),
    ]
    order = {node.id: position for position, node in reversed(list(enumerate(tree.walk())))}
    return tuple(sorted(findings, key=lambda finding: (order[finding.node], finding.code)))
