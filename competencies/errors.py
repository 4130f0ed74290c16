"""The errors that actions of competencies raise, and the faults of a refused package."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class FaultCode(StrEnum):
    """What can be wrong with a file; `formats.fault_words` has the message and the remedy for each code."""

    TOO_LARGE = "too_large"
    EMPTY = "empty"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    REPEATED_MEMBER = "repeated_member"
    UNSTORABLE_TEXT = "unstorable_text"
    UNSTORABLE_NUMBER = "unstorable_number"
    NOT_A_PACKAGE = "not_a_package"
    SEVERAL_PACKAGES = "several_packages"
    UNKNOWN_VERSION = "unknown_version"
    WRONG_TYPE = "wrong_type"
    MISSING = "missing"
    NO_STATEMENT = "no_statement"
    TOO_LONG = "too_long"
    IMPLAUSIBLE_DATE = "implausible_date"
    END_UNNAMED = "end_unnamed"
    IDENTIFIER_TWICE = "identifier_twice"
    LEADS_TO_ITSELF = "leads_to_itself"
    CYCLE = "cycle"
    OTHER_DOCUMENT = "other_document"
    SCALE_UNKNOWN = "scale_unknown"
    SCALE_IN_USE = "scale_in_use"
    EQUIVALENCE_UNKNOWN = "equivalence_unknown"


@dataclass(frozen=True)
class PackageFault:
    """One fault of a CASE file.

    `where` is a JSON Pointer; `line` and `column` count from 1 and are None if unknown. `details` are the parameters of
    the message.
    """

    code: FaultCode
    where: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None
    column: int | None = None


class PackageRefusedError(Exception):
    """The file cannot be imported, and nothing was changed. `unlisted` counts the faults beyond those in `faults`."""

    def __init__(self, faults: Sequence[PackageFault], *, unlisted: int = 0) -> None:
        self.faults = tuple(faults)
        self.unlisted = unlisted
        super().__init__("; ".join(f"{fault.where or '/'}: {fault.code}" for fault in self.faults[:5]))


class ScaleInUseError(Exception):
    """The proficiency scale cannot change, because a decision or a requirement refers to it."""


class LevelsRefusedError(Exception):
    """A scale needs at least two levels with different titles."""


class NothingToReviseError(Exception):
    """The new meaning equals the current one."""


class RetiredError(Exception):
    """The competency or the scale is retired and cannot change."""


class ImportStateError(Exception):
    """The import is in another state than this step requires; `state` is the actual one."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(state)


class NotAReplacementError(Exception):
    """Only a replacedBy association has an equivalence."""
