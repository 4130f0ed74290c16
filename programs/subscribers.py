"""What programs does when mastery changes: audits the person's open enrollments again, in the same transaction."""

from assessments.mastery.announcements import MasteryChanged
from programs.awards.actions.concerns import raise_for_evidence
from programs.awards.actions.progress import reaudit_person


def reaudit_what_it_touches(news: MasteryChanged) -> None:
    """Audit by bounds, award what is met, and put awards whose evidence is gone on the worklist.

    Where bounds leave the answer open the row is marked stale and a job settles it.
    """
    raise_for_evidence(news.person, news.changes, news.voided)
    reaudit_person(news.person, touched={change.competency_id for change in news.changes})
