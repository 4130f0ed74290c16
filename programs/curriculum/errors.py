"""Why a version cannot be published as it is."""

from programs.audit.rules.tree_faults import Finding


class TreeRefusedError(Exception):
    """The linter found faults, listed in `findings`."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(", ".join(f"{finding.node}: {finding.code}" for finding in findings))
