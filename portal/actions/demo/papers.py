"""What became of single papers at the demo's school: one taken back, one replaced, transcripts that a partner reads.

Those that something happens to, a dozen, are signed here; all others by the jobs that `seed_demo` ends with.
"""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions.approvals import decide_approval
from accounts.actions.names import add_name
from accounts.models import Learner, NameKind, Organization, Role, SharingGrant, SharingPurpose, User
from accounts.queries.time_zones import learner_time_zone
from core import clock
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.reissuing import reissue
from credentials.issuing.actions.revoking import ask_to_revoke, revoke
from credentials.issuing.actions.signing import sign_prepared
from credentials.issuing.queries.credentials import current_credential_of
from credentials.models import Credential, DocumentState, IssueReason, RevocationClass
from credentials.sharing.actions import Terms, share_transcript
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from portal.actions.demo import content
from portal.actions.demo.accounts import account_made_as, record_made_for
from portal.actions.demo.learners import holding
from portal.actions.demo.partners import PARTNER
from portal.actions.demo.people import address
from programs.models import Award

SHARED_FOR = timedelta(days=180)
MISPRINT = "It went to an address that belongs to another learner of the same name."
MARRIED = "Marriage; the certificate of the registry office was shown."


@transaction.atomic
def seed_papers(person: content.DemoPerson, *, at: datetime) -> bool:
    """Let happen to this person's papers what `person.papers` says, once; whether it happened now."""
    if not person.papers:
        return False
    user = account_made_as(address(person.handle))
    learner = record_made_for(user) if user else None
    if learner is None:
        return False
    return _STORIES[person.papers](person, learner, at)


def _taken_back(_person: content.DemoPerson, learner: Learner, at: datetime) -> bool:
    """Issued in error, as two registrars agreed; the award stands."""
    if Credential.objects.of(learner).filter(state=DocumentState.REVOKED).exists():
        return False
    first, second = _registrars()
    paper, why = _signed(_awards(learner)[-1]), RevocationClass.ISSUED_IN_ERROR
    asked = ask_to_revoke(paper, why=why, reason=MISPRINT, by=first, at=at)
    decide_approval(asked, approved=True, digest=asked.digest, by=second, at=at)
    revoke(paper, why=why, reason=MISPRINT, by=first)
    return True


def _renamed(person: content.DemoPerson, learner: Learner, at: datetime) -> bool:
    """All papers are in the old name; the highest one is issued again in the new one, and reads *replaced*."""
    if Credential.objects.of(learner).filter(state=DocumentState.SUPERSEDED).exists():
        return False
    registrar, _second = _registrars()
    highest = [_signed(award) for award in _awards(learner)][-1]
    today = clock.civil_date(at, learner_time_zone())
    add_name(learner, kind=NameKind.LEGAL, text=person.renamed, by=registrar, reason=MARRIED, starts_on=today)
    sign_prepared(reissue(highest, reason=IssueReason.NAME, by=registrar))
    _shared(learner, SharingPurpose.STUDY, at)
    return True


def _shares(_person: content.DemoPerson, learner: Learner, at: datetime) -> bool:
    """Everything is signed, and the demo's partner may read an official transcript of it."""
    if SharingGrant.objects.of(learner).filter(organization__name=PARTNER).exists():
        return False
    for award in _awards(learner):
        _signed(award)
    _shared(learner, SharingPurpose.EMPLOYMENT, at)
    return True


_STORIES = {"taken back": _taken_back, "renamed": _renamed, "shares": _shares}


def _shared(learner: Learner, purpose: SharingPurpose, at: datetime) -> None:
    registrar, _second = _registrars()
    transcript = make_transcript(learner, kind=TranscriptKind.OFFICIAL, by=registrar, at=at)
    words = f"{PARTNER} may read my transcript, and what takes its place, for this purpose: {purpose.label}."
    terms = Terms(purpose=purpose, words=words, expires_at=at + SHARED_FOR, and_successors=True)
    partner = Organization.objects.partners().get(name=PARTNER)
    share_transcript(learner, transcript=transcript, terms=terms, at=at, organization=partner)


def _awards(learner: Learner) -> list[Award]:
    """The awards that stand, the lowest first."""
    rows = Award.objects.of(learner).standing().select_related("learner", "achievement__organization")
    return list(rows.order_by("decided_at", "pk"))


def _signed(award: Award) -> Credential:
    """The paper of an award that is in force, signed now where the worker has not done so yet."""
    if current_credential_of(award) is None:
        waiting = Credential.objects.prepared().filter(learner=award.learner_id, award=award).first()
        prepared = waiting or issue_award(award)
        if prepared is not None:
            sign_prepared(prepared)
    paper = current_credential_of(award)
    if paper is None:
        raise LookupError(award.public_id)
    return paper


def _registrars() -> tuple[User, User]:
    first, second, *_others = holding(Role.REGISTRAR)
    return first, second
