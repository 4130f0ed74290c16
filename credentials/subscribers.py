"""What credentials does when programs award or rescind: it promises, and nothing else."""

from core.jobs import enqueue
from credentials import jobs
from programs.announcements import Awarded, AwardEnded


def promise_paper(news: Awarded) -> None:
    """A paper for what was awarded."""
    enqueue(jobs.ISSUE, news.award.pk, unique=True)


def promise_end_of_papers(news: AwardEnded) -> None:
    """The end of the papers of what was rescinded; what lapsed says so itself, by its date."""
    if news.how == "rescinded":
        enqueue(jobs.END_PAPERS, news.award.pk, unique=True)
