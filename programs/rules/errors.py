"""Why an audit is refused: a tree or record that has no answer, said plainly."""


class AuditRefusedError(ValueError):
    """The audit has no answer for these inputs; the message says what to mend."""


class MalformedTreeError(AuditRefusedError):
    """The tree cannot be completed by anybody: the linter should have caught it before publishing."""

    def __init__(self, node: str, why: str) -> None:
        self.node = node
        super().__init__(f"Requirement {node!r}: {why}.")


class UnsupportedRuleError(AuditRefusedError):
    """The tree uses a rule that this version of the audit does not decide yet."""

    def __init__(self, node: str, rule: str) -> None:
        self.node = node
        self.rule = rule
        super().__init__(f"Requirement {node!r} asks for {rule}, which the audit does not decide yet. Remove it there.")


class RepeatedIdError(AuditRefusedError):
    """Two inputs of one kind bear the same id."""

    def __init__(self, what: str, repeated: str) -> None:
        self.repeated = repeated
        super().__init__(f"Two {what} have the id {repeated!r}. Give each its own.")


class InconsistentPieceError(AuditRefusedError):
    """Attainments that are one piece disagree on its credits."""

    def __init__(self, piece: str) -> None:
        self.piece = piece
        super().__init__(f"The attainments of piece {piece!r} state different credits. Give all of them the same.")
