"""The linter's findings for a draft, with the titles and codes that its author knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from accounts.models import OrganizationKind
from competencies.models import Competency
from programs.audit.queries.awarding import awarding_of
from programs.audit.queries.trees import nodes_of, showable_competencies
from programs.audit.rules import requirements as rules
from programs.audit.rules.tree_faults import Finding
from programs.curriculum.queries.resolved import resolved_tree
from programs.curriculum.queries.signers import is_signed_for
from programs.curriculum.rules.lint_draft import lint_draft
from programs.models import ProgramVersion
from programs.models.requirements import SHARING_KINDS

OTHER_NODES = frozenset({"above", "group", "overlapping", "other", "first"})
COMPETENCIES = frozenset({"competencies", "names"})


@dataclass(frozen=True, slots=True)
class TitledFinding:
    """A finding and the title of its node."""

    finding: Finding
    title: str


def findings_of(version: ProgramVersion) -> tuple[TitledFinding, ...]:
    """Return the linter's findings for a draft's tree and for its award, with the titles of the nodes."""
    rows = nodes_of(version)
    tree = resolved_tree(version, rows)
    titles = {node.id: node.title for node in tree.walk()}
    findings = (
        *_of_the_award(version, tree),
        *lint_draft(
            tree,
            showable=showable_competencies(),
            stacked={str(version.program.public_id): tree},
            undecided={row.key for row in rows if row.kind in SHARING_KINDS and not row.sharing},
        ),
    )
    names = {
        name
        for finding in findings
        for member in COMPETENCIES & finding.values.keys()
        for name in finding.values[member].split(", ")
    }
    codes = _codes(names)
    return tuple(TitledFinding(_readable(finding, codes, titles), titles[finding.node]) for finding in findings)


def _of_the_award(version: ProgramVersion, tree: rules.Requirement) -> tuple[Finding, ...]:
    """Return why an award of this version could not be documented: found here, not after it was granted."""
    organization = awarding_of(version)
    if organization.kind != OrganizationKind.OURS:
        return (Finding(tree.id, "partner_awards", {"organization": organization.name}),)
    if not is_signed_for(organization):
        return (Finding(tree.id, "nobody_signs", {"organization": organization.name}),)
    return ()


def _readable(finding: Finding, codes: Mapping[str, str], titles: Mapping[str, str]) -> Finding:
    """Return a finding with codes for ids of competencies, and titles for ids of nodes."""
    values = {
        name: ", ".join(titles.get(key, key) for key in value.split(", ")) if name in OTHER_NODES else value
        for name, value in finding.values.items()
    }
    for member in COMPETENCIES & values.keys():
        values[member] = ", ".join(codes.get(name, name) for name in values[member].split(", "))
    return replace(finding, values=values)


def _codes(names: Iterable[str]) -> dict[str, str]:
    rows = Competency.objects.filter(public_id__in=[name for name in names if name and name != rules.ANYTHING])
    return {str(row.public_id): str(row) for row in rows}
