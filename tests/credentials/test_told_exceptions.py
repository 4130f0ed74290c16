"""A transcript tells exceptions as the issuer says: never words, and never a reason of health."""

from datetime import date

import pytest

from accounts.models import Learner, Organization, Role, User
from competencies.models import Competency
from credentials.models import Issuer, ToldExceptions
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.formats.transcript_json import transcript_as_json
from credentials.transcripts.formats.transcript_pdf import transcript_parts
from credentials.transcripts.queries.stored_transcripts import stored_facts
from credentials.transcripts.rules import TranscriptFacts, TranscriptKind
from programs.audit.queries.trees import tree_of
from programs.awards.admin.grounds import decision_list
from programs.decisions.actions import grant_exception
from programs.enrollment.actions.enrolling import enroll
from programs.models import Award, Enrollment, ExceptionReason, Granting
from programs.rules.attainments import ExceptionKind
from tests.assessments.places import MONDAY, TUESDAY, new_competency, new_framework, new_scale, show
from tests.programs.places import approved, ask_for, awarding, draft_of, open_assessment, root_of, stack
from tests.recipes import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(school: Organization) -> User:
    return make_staff(Role.REGISTRAR)


@pytest.fixture
def knead(school: Organization) -> Competency:
    return new_competency(new_framework(), "knead", new_scale())


@pytest.fixture
def bake(knead: Competency) -> Competency:
    return new_competency(knead.framework, "bake", knead.revisions.get().scale)


@pytest.fixture
def studies(ada: Learner, school: Organization, knead: Competency, bake: Competency, registrar: User) -> Enrollment:
    open_assessment(school, knead, bake)
    draft = draft_of(school, "Bread")
    for competency in (knead, bake):
        ask_for(root_of(draft), competency, worth=3)
    version = awarding(draft, Granting.AUTOMATIC)
    return enroll(ada, version=version, on=date(2026, 3, 2), by=registrar, at=MONDAY)


def told(learner: Learner) -> TranscriptFacts:
    return stored_facts(make_transcript(learner, kind=TranscriptKind.OFFICIAL, by=None, at=TUESDAY))


def waive(studies: Enrollment, by: User, second: User, reason: ExceptionReason) -> None:
    row = grant_exception(
        studies, kind=ExceptionKind.WAIVE, node="r2", words="A broken arm.", reason=reason, by=by, at=TUESDAY
    )
    approved(row, by=second, at=TUESDAY)


@pytest.mark.parametrize(
    ("policy", "reasons"),
    [(ToldExceptions.NOTHING, []), (ToldExceptions.ACTS, [""]), (ToldExceptions.REASONS, ["other"])],
)
def test_exceptions_are_told_as_the_issuer_says(
    studies: Enrollment, issuer: Issuer, registrar: User, second: User, policy: ToldExceptions, reasons: list[str]
) -> None:
    Issuer.objects.filter(pk=issuer.pk).update(told_exceptions=policy)
    waive(studies, registrar, second, ExceptionReason.HEALTH)

    facts = told(studies.learner)

    assert [fact.reason for fact in facts.programs[0].exceptions] == reasons
    document = str(transcript_as_json(facts))
    assert ("broken arm" in document, "health" in document) == (False, False)


def test_an_award_keeps_telling_what_it_rests_on(
    studies: Enrollment, bake: Competency, registrar: User, second: User
) -> None:
    show(studies.learner, bake, 3, by=registrar, at=TUESDAY)
    waive(studies, registrar, second, ExceptionReason.EXPERIENCE)
    assert Award.objects.awarded().count() == 1

    facts = told(studies.learner)

    (sentence,) = transcript_parts(facts, "https://cairn.example/verify/")["programs"][0]["exceptions"]
    assert sentence == "Waived: knead (decided on 3 March 2026 and approved by a second registrar)."


def test_a_transcript_without_exceptions_says_so(studies: Enrollment) -> None:
    document = transcript_as_json(told(studies.learner))

    assert document["programs"][0]["exceptions"] == []  # type: ignore[index, call-overload]  # a list of objects


def test_an_exception_inside_lower_awards_is_told_at_each_award_above(
    ada: Learner, school: Organization, knead: Competency, bake: Competency, registrar: User, second: User
) -> None:
    """The lower awards are granted by rule and meet their parts, so the audit above them uses no exception itself."""
    rest = new_competency(knead.framework, "rest", knead.revisions.get().scale)
    open_assessment(school, knead, bake, rest)
    micro = draft_of(school, "Micro", knead, bake)
    version = awarding(micro, Granting.AUTOMATIC)
    for title in ("Certificate", "Diploma"):
        above = draft_of(school, title)
        stack(root_of(above), version)
        version = awarding(above, Granting.AUTOMATIC)
    extra = draft_of(school, "Degree")
    stack(root_of(extra), version)
    ask_for(root_of(extra), rest)
    degree = awarding(extra, Granting.AUTOMATIC)
    studies = enroll(ada, version=degree, on=date(2026, 3, 2), by=registrar, at=MONDAY)
    show(ada, knead, 1, by=registrar, at=TUESDAY)
    words = next(node.id for node in tree_of(degree).walk() if str(bake.public_id) in node.names and "/" in node.id)
    row = grant_exception(
        studies, kind=ExceptionKind.FORCE_COMPLETE, node=words, words="Seen at work.", by=registrar, at=TUESDAY
    )
    approved(row, by=second, at=TUESDAY)
    show(ada, knead, 3, by=registrar, at=TUESDAY)
    awards = list(Award.objects.awarded().order_by("pk"))

    facts = told(ada)

    assert len(awards) >= 3
    assert {program.title: [fact.exception for fact in program.exceptions] for program in facts.programs} == {
        program.title: [str(row.public_id)] for program in facts.programs
    }
    assert facts.programs[0].exceptions[0].requirement == words
    for award in awards:
        assert "Exception: " in decision_list(award)
