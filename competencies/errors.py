"""Named reasons why a package, or a change to a framework, is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class FaultCode(StrEnum):
    """What can be wrong with a file; `fault_words` says each in plain words, and how to mend it."""

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
    END_UNNAMED = "end_unnamed"
    IDENTIFIER_TWICE = "identifier_twice"
    LEADS_TO_ITSELF = "leads_to_itself"
    CYCLE = "cycle"
    OTHER_DOCUMENT = "other_document"
    SCALE_UNKNOWN = "scale_unknown"
    SCALE_IN_USE = "scale_in_use"
    EQUIVALENCE_UNKNOWN = "equivalence_unknown"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where (JSON Pointer; line and column from 1 where known), and particulars."""

    code: FaultCode
    where: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None
    column: int | None = None


class PackageRefusedError(Exception):
    """The file cannot be taken in. Nothing was changed. `unlisted` counts faults beyond those named."""

    def __init__(self, faults: Sequence[Fault], *, unlisted: int = 0) -> None:
        self.faults = tuple(faults)
        self.unlisted = unlisted
        super().__init__("; ".join(f"{fault.where or '/'}: {fault.code}" for fault in self.faults[:5]))


class ScaleInUseError(Exception):
    """The proficiency scale is frozen: something was judged or required on it."""


class LevelsRefusedError(Exception):
    """A scale needs at least two levels, each with a title of its own."""


class NothingToReviseError(Exception):
    """The revision would say what the current one already says."""


class RetiredError(Exception):
    """The competency or scale is retired and takes no changes."""


class ImportStateError(Exception):
    """The import is not in the state this step starts from; `state` says which it is in."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(state)


class NotAReplacementError(Exception):
    """Only a replacedBy association says whether mastery carries over."""
