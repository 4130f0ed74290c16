"""Transcripts of people in stacked programs: what counts in several of them counts once, before and after awards."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Learner, Organization, User
from competencies.models import Competency
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.queries.stored_transcripts import stored_facts
from credentials.transcripts.rules import CreditFigures, TranscriptFacts, TranscriptKind
from programs.awards.actions.awards import grant_award
from programs.curriculum.actions.publishing import publish_version
from programs.decisions.actions import record_recognition
from programs.enrollment.actions.enrolling import enroll
from programs.models import Award, RecognitionBasis
from tests.assessments.places import MONDAY, TUESDAY, level_of, new_competency, new_framework, new_scale, show
from tests.programs.places import Ladder, ask_for, draft_of, ladder_of, open_assessment, root_of

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
Four = tuple[Competency, ...]


@pytest.fixture
def four(school: Organization) -> Four:
    scale, framework = new_scale(), new_framework()
    return tuple(new_competency(framework, name, scale) for name in ("knead", "bake", "shape", "sell"))


@pytest.fixture
def ladder(school: Organization, four: Four) -> Ladder:
    return ladder_of(school, *four)


def told(learner: Learner, by: User) -> TranscriptFacts:
    made = make_transcript(learner, kind=TranscriptKind.OFFICIAL, by=by, at=TUESDAY)
    return stored_facts(made)


def figures(attempted: int, earned: int, awarded: int) -> tuple[CreditFigures, ...]:
    return (CreditFigures("credits", Decimal(attempted), Decimal(earned), Decimal(awarded)),)


def test_lower_awards_are_listed_and_their_credit_is_not_added(
    ada: Learner, ladder: Ladder, four: Four, registrar: User
) -> None:
    enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    for competency in four[:3]:
        show(ada, competency, 3, by=registrar, at=MONDAY)

    facts = told(ada, registrar)

    (program,) = facts.programs
    assert [award.title for award in facts.awards] == ["Bread", "Craft"]
    assert facts.awards[1].stacked == (facts.awards[0].award,)
    assert [found.code for found in program.competencies] == ["knead", "bake", "shape"]
    assert [award.credits for award in facts.awards] == [Decimal(6), Decimal(10)]
    assert facts.totals == figures(10, 10, 10)
    assert (program.shown_count, program.asked_count) == (3, 4)


def test_being_in_the_lower_program_as_well_adds_nothing(
    ada: Learner, ladder: Ladder, four: Four, registrar: User
) -> None:
    enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    for competency in four[:3]:
        show(ada, competency, 3, by=registrar, at=MONDAY)
    alone = told(ada, registrar)

    enroll(ada, version=ladder.micro, on=START, by=registrar, at=MONDAY)

    both = told(ada, registrar)
    assert [program.title for program in both.programs] == ["Master", "Bread"]
    assert both.totals == alone.totals


def test_the_three_figures_are_apart(ada: Learner, ladder: Ladder, four: Four, registrar: User) -> None:
    enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    for competency in (*four[:2], four[3]):
        show(ada, competency, 3, by=registrar, at=MONDAY)

    assert told(ada, registrar).totals == figures(11, 11, 6)


def test_a_granted_diploma_is_a_program_completed(ada: Learner, ladder: Ladder, four: Four, registrar: User) -> None:
    enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    for competency in four:
        show(ada, competency, 3, by=registrar, at=MONDAY)
    grant_award(Award.objects.proposed().get(), by=registrar, at=TUESDAY)

    facts = told(ada, registrar)

    (program,) = facts.programs
    assert [award.title for award in facts.awards] == ["Bread", "Craft", "Master"]
    assert [found.requirement for found in program.competencies] == ["r2/r2/r2", "r2/r2/r3", "r2/r3", "r3"]
    assert program.requirements_met_on == MONDAY.date()
    assert facts.totals == figures(15, 15, 15)


@pytest.mark.parametrize("mastered", [True, False], ids=["mastered", "recognised"])
def test_study_that_counts_for_more_in_one_of_two_programs_counts_once(
    ada: Learner, school: Organization, four: Four, registrar: User, *, mastered: bool
) -> None:
    """Once, where it brings most: in one program a part of its credit counts, in the other all of it."""
    open_assessment(school, *four)
    if mastered:
        show(ada, four[0], 3, by=registrar, at=MONDAY)
    else:
        record_recognition(
            ada, basis=RecognitionBasis.TRANSFER, competency=four[0], level=level_of(four[0], 3),
            achieved_on=START, by=registrar, at=MONDAY,
        )  # fmt: skip
    for title, worth in (("Bread", 3), ("Cake", 5)):
        draft = draft_of(school, title)
        ask_for(root_of(draft), four[0], worth=worth)
        ask_for(root_of(draft), four[1], worth=1)
        enroll(ada, version=publish_version(draft, by=None, at=MONDAY), on=START, by=registrar, at=MONDAY)

    facts = told(ada, registrar)

    assert [[line.earned for line in it.credit_lines if line.earned] for it in facts.programs] == [[3], [5]]
    assert facts.totals == figures(5, 5, 0)


def test_recognised_study_that_counts_in_two_programs_counts_once(
    ada: Learner, school: Organization, four: Four, registrar: User
) -> None:
    open_assessment(school, *four)
    record_recognition(
        ada, basis=RecognitionBasis.TRANSFER, competency=four[0], level=level_of(four[0], 3), credits=Decimal(3),
        source_credits=Decimal(3),
        achieved_on=START, by=registrar, at=MONDAY,
    )  # fmt: skip
    for title in ("Bread", "Cake"):
        draft = draft_of(school, title)
        ask_for(root_of(draft), four[0], worth=3)
        enroll(ada, version=publish_version(draft, by=None, at=MONDAY), on=START, by=registrar, at=MONDAY)

    facts = told(ada, registrar)

    assert {found.basis for program in facts.programs for found in program.competencies} == {"transfer"}
    assert [figure.earned for figure in facts.totals] == [Decimal(3)]
