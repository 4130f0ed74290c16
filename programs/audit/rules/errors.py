"""Why an audit is refused: the tree or the inputs have no answer. `programs/audit/labels.py` has the words."""

from collections.abc import Mapping


class AuditRefusedError(ValueError):
    """The audit has no answer for these inputs; `code` and `values` say why."""

    def __init__(self, code: str, **values: str) -> None:
        self.code = code
        self.values: Mapping[str, str] = values
        named = ", ".join(f"{name}={value}" for name, value in sorted(values.items()))
        super().__init__(f"{code} ({named})")


class MalformedTreeError(AuditRefusedError):
    """Nobody can complete this tree; the linter refuses it before publishing."""


class UnsupportedRuleError(AuditRefusedError):
    """The tree uses a rule that this version of the audit does not decide yet."""


class RepeatedIdError(AuditRefusedError):
    """Two inputs of one kind have the same id."""


class InconsistentPieceError(AuditRefusedError):
    """Attainments that are one piece disagree on its credits."""
