"""The linter's findings for a draft, with the titles and codes that its author knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from competencies.models import Competency
from programs.audit.queries.trees import showable_competencies, tree_of
from programs.audit.rules import requirements as rules
from programs.curriculum.rules.lint import Finding, lint
from programs.models import ProgramVersion

OTHER_NODES = frozenset({"above", "group"})


@dataclass(frozen=True, slots=True)
class TitledFinding:
    """A finding and the title of its node."""

    finding: Finding
    title: str


def findings_of(version: ProgramVersion) -> tuple[TitledFinding, ...]:
    """Return the linter's findings for a version's tree, with the titles of the nodes."""
    tree = tree_of(version)
    titles = {node.id: node.title for node in tree.walk()}
    findings = lint(tree, showable=showable_competencies(), stacked={str(version.program.public_id): tree})
    names = {name for finding in findings for name in finding.values.get("competencies", "").split(", ") if name}
    codes = _codes(names)
    return tuple(TitledFinding(_readable(finding, codes, titles), titles[finding.node]) for finding in findings)


def _readable(finding: Finding, codes: Mapping[str, str], titles: Mapping[str, str]) -> Finding:
    """Return a finding with codes for ids of competencies, and titles for ids of nodes."""
    values = {
        name: titles.get(value, value) if name in OTHER_NODES else value for name, value in finding.values.items()
    }
    if values.get("competencies"):
        values["competencies"] = ", ".join(codes.get(name, name) for name in values["competencies"].split(", "))
    return replace(finding, values=values)


def _codes(names: Iterable[str]) -> dict[str, str]:
    rows = Competency.objects.filter(public_id__in=[name for name in names if name != rules.ANYTHING])
    return {str(row.public_id): str(row) for row in rows}
