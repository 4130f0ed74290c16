"""Many who ask for the same paper at once: it is drawn once, and everybody gets it."""

import pytest

from accounts.actions.learners import create_learner
from accounts.models import Role
from credentials.errors import SupersededError
from credentials.models import Printing, Transcript
from credentials.transcripts.actions.printing import transcript_pdf
from credentials.transcripts.actions.transcripts import make_transcript, supersede_transcript
from credentials.transcripts.rules import TranscriptKind
from tests.assessments.places import MONDAY, TUESDAY
from tests.assessments.test_ledger_concurrency import together
from tests.recipes import institution, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 6


@pytest.fixture
def transcript(transactional_db: None) -> Transcript:
    institution.make()
    registrar = make_staff(Role.REGISTRAR)
    ada = create_learner("Ada Lovelace", by=registrar, at=MONDAY)
    return make_transcript(ada, kind=TranscriptKind.OFFICIAL, by=registrar, at=MONDAY)


def test_a_paper_asked_for_by_many_at_once_is_drawn_once(transcript: Transcript) -> None:
    papers: list[bytes] = []

    raised = together(*[lambda: papers.append(transcript_pdf(transcript, at=TUESDAY))] * THREADS)

    assert raised == []
    assert (len(papers), len(set(papers)), Printing.objects.count()) == (THREADS, 1, 1)


def test_a_transcript_corrected_by_many_at_once_has_one_successor(transcript: Transcript) -> None:
    raised = together(*[lambda: supersede_transcript(transcript, by=None, at=TUESDAY)] * THREADS)

    assert [type(error) for error in raised] == [SupersededError] * (THREADS - 1)
    assert Transcript.objects.filter(supersedes=transcript).count() == 1
