"""What a request for approval is about, in words. Each app above adds a reader for the kinds of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Approval, ApprovalAct, ApprovedKind


@dataclass(frozen=True)
class ApprovalSubject:
    """The subject as whoever decides reads it.

    `title` names it, `learner` the person whom it concerns (name and number; empty where it concerns nobody alone), and
    `consequence` says what follows if the act is approved and carried out. `facts` are sentences on what is approved;
    `preview` says what it would change, and is read only before the decision.
    `done_by_approval`: the approval itself carries the act out, so that nothing is left to do for whoever asked.
    """

    title: str
    learner: str = ""
    consequence: str = ""
    facts: tuple[str, ...] = ()
    preview: str = ""
    done_by_approval: bool = False


# Takes the act and the public id of the subject; None where the subject is not there.
SubjectReader = Callable[[ApprovalAct, UUID], ApprovalSubject | None]
_READERS: dict[str, SubjectReader] = {}


def add_subject_reader(kind: ApprovedKind, reader: SubjectReader) -> None:
    """Add the reader of one kind. Called once, when apps are ready."""
    _READERS[kind.value] = reader


def subject_of(approval: Approval) -> ApprovalSubject:
    """Return what the request is about, in the active language; the kind alone where no app can say more."""
    reader = _READERS.get(approval.subject_kind)
    found = reader(ApprovalAct(approval.act), approval.subject_id) if reader is not None else None
    return found or ApprovalSubject(str(approval.get_subject_kind_display()))
