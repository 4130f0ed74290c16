"""What the demo's registrars did about single awards: granted a diploma, took a micro-credential back."""

from accounts.actions.approvals import decide_approval
from accounts.models import Learner, User
from portal.actions.demo.days import Days
from programs.awards.actions.awards import ask_to_rescind, grant_award, rescind_award
from programs.models import Award, EndReason

GRANTED, ASKED, RESCINDED = 12, 14, 13  # days before the first day
LATE_MORNING, NOON = 11 * 60, 12 * 60


def decide(what: str, learner: Learner, *, registrars: tuple[User, ...], days: Days) -> Award:
    """Grant what waits for this learner ("grants"), or rescind what they hold, with a second person ("rescinds")."""
    first, second = registrars[:2]
    if what == "grants":
        award = Award.objects.of(learner).proposed().get()
        words = "Read with the head of studies; the placement report is on file."
        return grant_award(award, by=first, words=words, at=days.at(GRANTED, LATE_MORNING))
    award = Award.objects.of(learner).standing().get()
    reason = "Two lists of the same day were mixed up: the second performance belongs to another learner."
    asked = ask_to_rescind(award, by=first, reason=reason, at=days.at(ASKED, LATE_MORNING))
    decide_approval(asked, approved=True, digest=asked.digest, by=second, at=days.at(RESCINDED, LATE_MORNING))
    return rescind_award(award, reason=EndReason.IN_ERROR, by=first, words=reason, at=days.at(RESCINDED, NOON))
