"""Transcripts of programs with free credits: several pieces of study count at one leaf, each for itself."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.models import Learner, Organization, User
from competencies.models import Competency, CompetencyRevision
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.queries.stored_transcripts import stored_facts
from credentials.transcripts.rules import CreditFigures, TranscriptFacts, TranscriptKind, figures_of
from programs.awards.queries.facts import facts_of
from programs.curriculum.actions.authoring import Node, save_requirement, set_sharing
from programs.curriculum.actions.version_credits import set_version_credit
from programs.enrollment.actions.enrolling import enroll
from programs.models import Award, Granting, ProgramVersion, RequirementKind, Sharing
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale, show
from tests.programs.places import ask_for, awarding, draft_of, open_assessment, root_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
START = date(2026, 1, 12)
WORTH = {"knead": 10, "proof": 9, "bake": 8}


@pytest.fixture
def three(school: Organization) -> list[Competency]:
    """Competencies of 10, 9 and 8 credits."""
    framework, scale = new_framework(), new_scale()
    found = [new_competency(framework, code, scale) for code in WORTH]
    open_assessment(school, *found)
    return found


def with_free_credits(school: Organization, three: list[Competency]) -> ProgramVersion:
    """The draft of a program of 27 free credits."""
    draft = draft_of(school, "Electives")
    node = Node(kind=RequirementKind.CREDITS, title="Free", credits_least=Decimal(27), qualifiers={"accepts": ["*"]})
    save_requirement(None, version=draft, parent=root_of(draft), node=node)
    for competency in three:
        set_version_credit(draft, competency=competency, worth=Decimal(WORTH[competency.code]))
    return draft


@pytest.fixture
def electives(school: Organization, three: list[Competency]) -> ProgramVersion:
    """The program of 27 free credits, granted by rule."""
    return awarding(with_free_credits(school, three), Granting.AUTOMATIC)


def transcript_of(learner: Learner, by: User) -> TranscriptFacts:
    return stored_facts(make_transcript(learner, kind=TranscriptKind.OFFICIAL, by=by, at=NOW))


def figures(attempted: int, earned: int, awarded: int) -> CreditFigures:
    amounts = [Decimal(amount).quantize(Decimal("0.01")) for amount in (attempted, earned, awarded)]
    return CreditFigures("credits", *amounts)


def test_each_piece_of_free_credit_counts_in_the_figures_of_an_award(
    ada: Learner, registrar: User, electives: ProgramVersion, three: list[Competency]
) -> None:
    enroll(ada, version=electives, on=START, by=registrar, at=MONDAY)
    for competency in three:
        show(ada, competency, 3, by=registrar)

    facts = transcript_of(ada, registrar)

    assert Award.objects.of(ada).standing().get().credits == Decimal(27)
    assert sum(row.credits or 0 for row in facts.programs[0].competencies) == Decimal(27)
    assert sorted(line.title for line in facts.programs[0].credit_lines) == ["bake", "knead", "proof"]
    assert figures_of(facts.programs[0].credit_lines) == facts.totals == (figures(27, 27, 27),)


def test_each_piece_of_free_credit_counts_while_the_program_runs(
    ada: Learner, registrar: User, electives: ProgramVersion, three: list[Competency]
) -> None:
    enroll(ada, version=electives, on=START, by=registrar, at=MONDAY)
    for competency in three[:2]:
        show(ada, competency, 3, by=registrar)

    facts = transcript_of(ada, registrar)

    assert facts.totals == (figures(19, 19, 0),)
    assert sorted(line.earned for line in facts.programs[0].credit_lines) == [Decimal(9), Decimal(10)]


def test_lines_name_the_pieces_of_study_that_count(
    ada: Learner, registrar: User, school: Organization, three: list[Competency]
) -> None:
    draft = draft_of(school, "Baking")
    for competency in three[:2]:
        ask_for(root_of(draft), competency, worth=WORTH[competency.code])
    version = awarding(draft, Granting.AUTOMATIC)
    enroll(ada, version=version, on=START, by=registrar, at=MONDAY)
    for competency in three[:2]:
        show(ada, competency, 3, by=registrar)

    facts = transcript_of(ada, registrar)

    assert [line.counts for line in facts.programs[0].credit_lines] == [f"mastery:{it.public_id}" for it in three[:2]]
    assert facts.totals == (figures(19, 19, 19),)


def test_free_credits_have_words_and_levels_of_the_time_of_the_award(
    ada: Learner, registrar: User, electives: ProgramVersion, three: list[Competency]
) -> None:
    enroll(ada, version=electives, on=START, by=registrar, at=MONDAY)
    for competency in three:
        show(ada, competency, 3, by=registrar)
    award = Award.objects.of(ada).standing().get()
    before = facts_of(award)
    for competency in three:
        current = competency.revisions.get(superseded_at=None)
        current.superseded_at = NOW
        current.save()
        CompetencyRevision.objects.create(competency=competency, number=2, statement="Another meaning.", made_at=NOW)

    facts = facts_of(award)

    assert sorted(it.statement for it in facts.competencies) == ["Can bake.", "Can knead.", "Can proof."]
    assert sorted(it.code for it in facts.competencies) == ["bake", "knead", "proof"]
    assert all(it.reached_level and it.scale == facts.scales[0].id for it in facts.competencies)
    assert facts == before


def test_free_credits_have_words_and_levels_while_the_program_runs(
    ada: Learner, registrar: User, school: Organization, three: list[Competency]
) -> None:
    draft = with_free_credits(school, three)
    serve = new_competency(three[0].framework, "serve", new_scale("Serving"))
    open_assessment(school, serve)
    ask_for(root_of(draft), serve)
    set_sharing(root_of(draft), sharing=Sharing.SHARED)
    enroll(ada, version=awarding(draft, Granting.AUTOMATIC), on=START, by=registrar, at=MONDAY)
    for competency in three:
        show(ada, competency, 3, by=registrar)

    program = transcript_of(ada, registrar).programs[0]

    assert program.standing != "awarded"
    assert sorted(it.statement for it in program.competencies) == ["Can bake.", "Can knead.", "Can proof."]
    assert all(it.reached_level for it in program.competencies)
