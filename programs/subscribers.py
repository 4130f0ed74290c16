"""Listens to changes of mastery: audits the learner's open enrollments in the same transaction."""

from assessments.mastery.announcements import MasteryChanged
from programs.awards.actions.concerns import raise_for_evidence
from programs.awards.actions.progress import reaudit_person


def reaudit_what_it_touches(news: MasteryChanged) -> None:
    """Audit by bounds, award what is met, and list awards for review that have lost evidence.

    Where bounds do not decide, the row is marked stale and a job audits it with the solver.
    """
    raise_for_evidence(news.person, news.changes, news.voided, corrected=news.corrected)
    reaudit_person(news.person, touched={change.competency_id for change in news.changes})
