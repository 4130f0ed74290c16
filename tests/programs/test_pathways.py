"""What a learner sees of a program: levels reached and needed, what counts for what, what is next and what is near."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Learner, Organization, User
from assessments.models import Assessment
from competencies.models import Association, Competency, Framework, Kind, ProficiencyScale
from programs.audit.queries.attainments import milestones_and_recognitions
from programs.audit.rules.completion.eligibility import Reason
from programs.curriculum.actions.authoring import Node, save_requirement, set_sharing
from programs.curriculum.actions.publishing import publish_version
from programs.decisions.actions import record_milestone, record_recognition, save_milestone, withdraw_decision
from programs.enrollment.actions.enrolling import enroll
from programs.models import Enrollment, ProgramVersion, RecognitionBasis, RequirementKind, Sharing
from programs.pathway.queries.closest import programs_closest_to_completion
from programs.pathway.queries.enrollment_facts import facts_of_enrollment
from programs.pathway.queries.next_steps import next_steps
from programs.pathway.queries.pathways import pathway_of
from programs.pathway.queries.version_terms import version_terms_of
from tests.assessments.places import MONDAY, TUESDAY, level_of, new_competency, show
from tests.programs.places import ask_for, draft_of, open_assessment, root_of

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)


@pytest.fixture
def diploma(school: Organization, bread: ProgramVersion, bake: Competency) -> ProgramVersion:
    """Bread, and baking once more at the highest level."""
    draft = draft_of(school, "Diploma")
    save_requirement(
        None,
        version=draft,
        parent=root_of(draft),
        node=Node(kind=RequirementKind.PROGRAM, nested_version=bread, title="Bread first"),
    )
    ask_for(root_of(draft), bake, rank=4)
    set_sharing(root_of(draft), sharing=Sharing.SHARED)
    return publish_version(draft, by=None, at=MONDAY)


@pytest.fixture
def studies(ada: Learner, diploma: ProgramVersion, registrar: User) -> Enrollment:
    return enroll(ada, version=diploma, on=START, by=registrar, at=MONDAY)


def test_a_pathway_says_what_is_reached_needed_and_refused(
    studies: Enrollment, ada: Learner, bake: Competency, assessor: User
) -> None:
    show(ada, bake, 3, by=assessor, at=TUESDAY)

    pathway = pathway_of(studies, at=TUESDAY)

    levels = [(node.key, node.met, node.level_needed, node.level_reached) for node in pathway.root.walk()]
    assert levels == [
        ("r1", False, "", ""),
        ("r2", False, "", ""),
        ("r2/r1", False, "", ""),
        ("r2/r2", False, "Proficient", ""),
        ("r2/r3", True, "Proficient", "Proficient"),
        ("r3", False, "Advanced", "Proficient"),
    ]
    nodes = {node.key: node for node in pathway.root.walk()}
    assert [use.title for use in nodes["r2/r3"].counts] == ["bake"]
    assert [refusal.reason for refusal in nodes["r3"].refused] == [Reason.LEVEL]
    assert [node.title for node in pathway.stacked] == ["Bread first"]


def draw_before(first: Competency, then: Competency) -> None:
    Association.objects.create(
        framework=first.framework,
        source_identifier="edge",
        kind=Kind.PRECEDES,
        origin=first,
        destination=then,
        origin_link={},
        destination_link={},
    )


def test_next_steps_wait_for_what_precedes_them(
    studies: Enrollment, ada: Learner, knead: Competency, bake: Competency, assessor: User
) -> None:
    draw_before(knead, bake)
    assert [step.key for step in next_steps(pathway_of(studies, at=TUESDAY))] == ["r2/r2"]

    show(ada, knead, 3, by=assessor, at=TUESDAY)

    assert {step.competency for step in next_steps(pathway_of(studies, at=TUESDAY))} == {str(bake.public_id)}


def test_at_most_five_steps(
    ada: Learner, school: Organization, baking: Framework, craft: ProficiencyScale, registrar: User
) -> None:
    several = [new_competency(baking, f"c{number}", craft) for number in range(7)]
    open_assessment(school, *several)
    version = publish_version(draft_of(school, "Long", *several), by=None, at=MONDAY)
    studies = enroll(ada, version=version, on=START, by=registrar, at=MONDAY)

    assert [step.title for step in next_steps(pathway_of(studies, at=TUESDAY))] == ["c0", "c1", "c2", "c3", "c4"]


def test_the_nearest_comes_first_and_once(
    studies: Enrollment, bread: ProgramVersion, ada: Learner, bake: Competency, assessor: User, registrar: User
) -> None:
    enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)
    show(ada, bake, 3, by=assessor, at=TUESDAY)

    near = programs_closest_to_completion(ada, at=TUESDAY)

    # One piece of baking at the highest level serves both leaves of the diploma: what was shown brings it no nearer.
    assert [(one.title, one.distance, one.percent) for one in near] == [("Bread", 100, 50), ("Diploma", 201, 0)]


def test_a_pathway_costs_the_same_queries_however_long_it_is(
    studies: Enrollment,
    ada: Learner,
    school: Organization,
    baking: Framework,
    craft: ProficiencyScale,
    registrar: User,
    bake: Competency,
    assessor: User,
) -> None:
    several = [new_competency(baking, f"c{number}", craft) for number in range(7)]
    open_assessment(school, *several)
    version = publish_version(draft_of(school, "Long", *several), by=None, at=MONDAY)
    longer = enroll(ada, version=version, on=START, by=registrar, at=MONDAY)
    show(ada, bake, 3, by=assessor, at=TUESDAY)
    counts = []
    for enrollment in (studies, longer):
        with CaptureQueriesContext(connection) as queries:
            pathway_of(enrollment, at=TUESDAY)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_what_a_registrar_recorded_comes_with_the_enrollment_as_the_audit_reads_it(
    studies: Enrollment,
    ada: Learner,
    grace: Learner,
    school: Organization,
    bake: Competency,
    craft: ProficiencyScale,
    registrar: User,
) -> None:
    safety = save_milestone(None, title="Safety", unit="", at=MONDAY)
    hours = save_milestone(None, title="Hours", unit="h", at=MONDAY)
    reached = record_milestone(ada, milestone=safety, on=START, by=registrar, at=TUESDAY)
    record_milestone(ada, milestone=hours, on=START, quantity=Decimal("0.29"), by=registrar, at=TUESDAY)
    record_milestone(grace, milestone=safety, on=START, by=registrar, at=TUESDAY)
    record_recognition(
        ada,
        basis=RecognitionBasis.TRANSFER,
        achieved_on=START,
        by=registrar,
        competency=bake,
        level=craft.levels.get(rank=2),
        credits=Decimal("1.15"),
        source_credits=Decimal(2),
        organization=school,
        valid_until=date(2030, 1, 1),
        at=TUESDAY,
    )
    free = record_recognition(
        ada,
        basis=RecognitionBasis.EXTERNAL,
        achieved_on=START,
        by=registrar,
        credits=Decimal(3),
        source_credits=Decimal(3),
        at=TUESDAY,
    )

    facts = facts_of_enrollment(studies)

    assert len(facts.attainments([], at=MONDAY)) == 4
    assert facts.attainments([], at=MONDAY) == milestones_and_recognitions(ada, method=facts.method)
    assert [str(row) for row in facts.recognitions] == [str(bake), str(free)]

    withdraw_decision(reached, by=registrar, at=TUESDAY)
    pathway = pathway_of(studies, at=TUESDAY)

    assert f"milestone:{reached.public_id}" not in {one.id for one in pathway.attainments}
    assert pathway.titles[f"milestone:{reached.public_id}"] == "Safety"


def test_what_a_version_says_is_read_once_for_each_version(
    bread: ProgramVersion, diploma: ProgramVersion, bake: Competency
) -> None:
    first = version_terms_of(bread)
    with CaptureQueriesContext(connection) as queries:
        assert version_terms_of(bread) is first
    assert len(queries) == 0

    assert version_terms_of(diploma) is not first
    assert version_terms_of(diploma).level_named(str(bake.public_id), 4) == "Advanced"


@pytest.mark.parametrize("recognised", [False, True])
def test_what_a_step_waits_for_stands_in_its_place_also_where_the_program_could_do_without(
    recognised: bool,
    ada: Learner,
    school: Organization,
    practice: Assessment,
    knead: Competency,
    bake: Competency,
    baking: Framework,
    craft: ProficiencyScale,
    registrar: User,
    assessor: User,
) -> None:
    shape = new_competency(baking, "shape", craft)
    open_assessment(school, shape)
    draft = draft_of(school, "Choice", bake)
    choice = save_requirement(
        None, version=draft, parent=root_of(draft), node=Node(kind=RequirementKind.CHOOSE, choose_count=1)
    )
    ask_for(choice, knead)
    ask_for(choice, shape)
    draw_before(knead, bake)
    enrollment = enroll(ada, version=publish_version(draft, by=None, at=MONDAY), on=START, by=registrar, at=MONDAY)
    show(ada, shape, 3, by=assessor, at=TUESDAY)

    assert [step.title for step in next_steps(pathway_of(enrollment, at=TUESDAY))] == ["knead"]

    if recognised:
        transfer, level = RecognitionBasis.TRANSFER, level_of(knead, 3)
        record_recognition(
            ada, basis=transfer, achieved_on=START, competency=knead, level=level, by=registrar, at=TUESDAY
        )
    else:
        show(ada, knead, 3, by=assessor, at=TUESDAY)

    assert [step.title for step in next_steps(pathway_of(enrollment, at=TUESDAY))] == ["bake"]


def test_a_part_of_a_choice_that_is_done_and_not_needed_counts_nowhere(
    school: Organization, ada: Learner, knead: Competency, bake: Competency, registrar: User, assessor: User
) -> None:
    draft = draft_of(school, "Either")
    choice = Node(kind=RequirementKind.CHOOSE, title="One of them", choose_count=1)
    group = save_requirement(None, version=draft, parent=root_of(draft), node=choice)
    for competency in (knead, bake):
        ask_for(group, competency, worth=3)
    open_assessment(school, knead, bake)
    version = publish_version(draft, by=None, at=MONDAY)
    studies = enroll(ada, version=version, on=MONDAY.date(), by=registrar, at=MONDAY)
    for competency in (knead, bake):
        show(ada, competency, 3, by=assessor, at=MONDAY)

    pathway = pathway_of(studies, at=MONDAY)
    counting = [node for node in pathway.root.walk() if node.counts]

    assert (len(counting), pathway.root.earned) == (1, 300)
    assert [left.reason for left in pathway.audit.today.left_out] == [Reason.NOT_NEEDED]
