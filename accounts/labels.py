"""What a request for approval is about, and why names are not compared, in words.

Each app above adds a reader for the kinds of approval of its own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Approval, ApprovalAct, ApprovedKind
from accounts.rules.name_comparison import ComparisonObstacle


@dataclass(frozen=True)
class ApprovalSubject:
    """The subject as whoever decides reads it.

    `title` names it, `learner` the person whom it concerns (name and number; empty where it concerns nobody alone), and
    `consequence` says what follows if the act is approved and carried out. `facts` are sentences on what is approved;
    `preview` says what it would change, and is read only before the decision.
    `office_facts` are sentences for the page of the desk alone, which no mail repeats: reasons may be about health.
    `done_by_approval`: the approval itself carries the act out, so that nothing is left to do for whoever asked.
    """

    title: str
    learner: str = ""
    consequence: str = ""
    facts: tuple[str, ...] = ()
    office_facts: tuple[str, ...] = ()
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


_OBSTACLES: Mapping[ComparisonObstacle, Promise] = {
    ComparisonObstacle.HELD: _("A privacy hold is set. The registrar's office can lift it."),
    ComparisonObstacle.MINOR: _("Names on documents of minors are not compared."),
    ComparisonObstacle.NO_BIRTH_DATE: _("No date of birth is on record. The registrar's office can enter it."),
    ComparisonObstacle.REFUSED: _("The learner does not let names be compared."),
}


def obstacle_texts(obstacles: Iterable[ComparisonObstacle]) -> list[str]:
    """Return why names are not compared and what ends it, one sentence for each obstacle, in the active language."""
    return [str(_OBSTACLES[obstacle]) for obstacle in obstacles]
