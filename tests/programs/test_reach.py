"""Limited roles and learners of two branches: identity, one's own enrollments and awards, and nothing else."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.advisors import assign_advisor, end_advising
from accounts.actions.approvals import ask_approval, decide_approval
from accounts.actions.learners import create_learner
from accounts.actions.links import link_records
from accounts.actions.roles import end_role
from accounts.errors import LastRegistrarError, NotAnAdvisorError, NotTheirsToDecideError
from accounts.models import (
    AdvisorAssignment,
    ApprovalAct,
    ApprovedKind,
    Learner,
    Organization,
    Role,
    RoleAssignment,
    User,
)
from accounts.permissions import approvals_waiting_for, may_change_learners, may_read_learners
from assessments.models import Evidence, Mastery
from assessments.permissions import may_see_work, reads_evidence, voids_evidence
from competencies.models import Competency
from core import clock
from core.text.canonical import digest
from credentials.models import Transcript
from credentials.permissions import makes_transcripts, reads_credentials
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from programs.curriculum.actions.staff import lift_limit, limit_to_program, take_program_away
from programs.decisions.actions import record_recognition
from programs.decisions.actions.exceptions import Wanted, grant_exceptions
from programs.enrollment.actions.enrolling import enroll
from programs.models import (
    Enrollment,
    ExceptionBatch,
    Program,
    ProgramVersion,
    Recognition,
    RecognitionBasis,
    RequirementException,
)
from programs.permissions import keeps_enrollments, reads_enrollments, reads_programs, writes_programs
from programs.rules.attainments import ExceptionKind
from tests.assessments.places import MONDAY, show
from tests.assessments.work import hand_in, new_assessment
from tests.programs.places import published
from tests.recipes import assignment, institution, make_staff, make_user, signed_in_client

START = date(2026, 3, 2)
pytestmark = pytest.mark.usefixtures("practice")  # where kneading and baking can be shown


@pytest.fixture
def north(school: Organization) -> Organization:
    made: Organization = institution.make(name="North", parent=school)
    return made


@pytest.fixture
def south(school: Organization) -> Organization:
    made: Organization = institution.make(name="South", parent=school)
    return made


def limited(role: Role, place: Organization | None) -> User:
    person = make_user()
    assignment.make(user=person, role=role, organization=place)
    return person


@pytest.fixture
def loaves(north: Organization, knead: Competency) -> ProgramVersion:
    return published(north, "Loaves", knead)


@pytest.fixture
def cakes(south: Organization, bake: Competency) -> ProgramVersion:
    return published(south, "Cakes", bake)


@pytest.fixture
def both(ada: Learner, loaves: ProgramVersion, cakes: ProgramVersion, registrar: User) -> tuple[Enrollment, Enrollment]:
    """Ada studies at two branches."""
    northern = enroll(ada, version=loaves, on=START, by=registrar, at=MONDAY)
    return northern, enroll(ada, version=cakes, on=START, by=registrar, at=MONDAY)


def test_of_a_learner_of_two_branches_a_limited_role_sees_its_own_enrollment(
    both: tuple[Enrollment, Enrollment], north: Organization
) -> None:
    inspector = limited(Role.INSPECTOR, north)

    assert list(reads_enrollments.among(inspector, Enrollment.objects.all())) == [both[0]]
    assert [reads_enrollments(inspector, row) for row in both] == [True, False]


def test_it_sees_who_the_learner_is_and_changes_nothing_of_the_person(
    both: tuple[Enrollment, Enrollment], ada: Learner, north: Organization
) -> None:
    person = limited(Role.REGISTRAR, north)

    assert [may_read_learners(person, ada), may_change_learners(person, ada)] == [True, False]
    assert [keeps_enrollments(person, row) for row in both] == [True, False]


def test_it_sees_the_mastery_that_its_enrollments_ask_for_and_no_other(
    both: tuple[Enrollment, Enrollment],
    ada: Learner,
    knead: Competency,
    bake: Competency,
    assessor: User,
    north: Organization,
) -> None:
    show(ada, knead, 3, by=assessor)
    show(ada, bake, 3, by=assessor)
    person = limited(Role.REGISTRAR, north)

    assert set(reads_evidence.among(person, Mastery.objects.all()).values_list("competency", flat=True)) == {knead.pk}
    (seen,) = reads_evidence.among(person, Evidence.objects.all())
    assert seen.competency_id == knead.pk
    assert not voids_evidence(person, seen)  # it would change the other branch's program too


def test_what_is_about_the_whole_person_asks_for_all_their_places(
    both: tuple[Enrollment, Enrollment], ada: Learner, north: Organization, school: Organization, registrar: User
) -> None:
    transcript = make_transcript(ada, kind=TranscriptKind.OFFICIAL, by=registrar, at=MONDAY)
    recognised = record_recognition(
        ada,
        basis=RecognitionBasis.TRANSFER,
        credits=Decimal(1),
        source_credits=Decimal(1),
        achieved_on=START,
        by=registrar,
        at=MONDAY,
    )

    def reach(place: Organization) -> list[bool]:
        person = limited(Role.REGISTRAR, place)
        return [
            reads_credentials(person, Transcript.objects.get(pk=transcript.pk)),
            makes_transcripts(person, ada),
            reads_enrollments(person, Recognition.objects.get(pk=recognised.pk)),
            may_change_learners(person, ada),
        ]

    assert [reach(north), reach(school)] == [[False] * 4, [True] * 4]


def test_a_home_organization_is_a_place_without_any_enrollment(
    registrar: User, north: Organization, south: Organization
) -> None:
    kept = create_learner("Home Body", home_organization=north, by=registrar, at=MONDAY)
    nowhere = create_learner("No Place", by=registrar, at=MONDAY)
    here, there = limited(Role.REGISTRAR, north), limited(Role.REGISTRAR, south)

    assert [may_change_learners(user, kept) for user in (here, there, registrar)] == [True, False, True]
    assert [may_read_learners(user, nowhere) for user in (here, there, registrar)] == [False, False, True]


def test_linked_records_are_one_person_in_reach_too(
    ada: Learner, grace: Learner, loaves: ProgramVersion, cakes: ProgramVersion, registrar: User, north: Organization
) -> None:
    enroll(ada, version=loaves, on=START, by=registrar, at=MONDAY)
    enroll(grace, version=cakes, on=START, by=registrar, at=MONDAY)
    person = limited(Role.REGISTRAR, north)
    assert [may_read_learners(person, grace), may_change_learners(person, ada)] == [False, True]

    link_records(ada, other=grace, reason="twice", by=registrar, at=MONDAY)

    fresh = User.objects.get(pk=person.pk)
    assert [may_read_learners(fresh, grace), may_change_learners(fresh, ada)] == [True, False]


def test_an_advisor_sees_their_learners_and_no_others(
    both: tuple[Enrollment, Enrollment], ada: Learner, grace: Learner, registrar: User
) -> None:
    advisor = make_staff(Role.ADVISOR)
    assert not may_read_learners(advisor, ada)

    advising = assign_advisor(ada, advisor=advisor, at=clock.now(), by=registrar)

    fresh = User.objects.get(pk=advisor.pk)
    assert list(may_read_learners.among(fresh, Learner.objects.all())) == [ada]
    assert set(reads_enrollments.among(fresh, Enrollment.objects.all())) == set(both)
    end_advising(advising, at=clock.now(), by=registrar)
    assert list(may_read_learners.among(User.objects.get(pk=advisor.pk), Learner.objects.all())) == []


def test_an_advisor_of_a_branch_sees_what_their_learners_do_there(
    both: tuple[Enrollment, Enrollment], ada: Learner, south: Organization, registrar: User
) -> None:
    advisor = limited(Role.ADVISOR, south)
    assign_advisor(ada, advisor=advisor, at=clock.now(), by=registrar)

    assert list(reads_enrollments.among(advisor, Enrollment.objects.all())) == [both[1]]


@pytest.mark.parametrize("of_the_branch", [False, True])
def test_an_advisor_sees_what_their_learners_have_shown_and_of_nobody_else(
    both: tuple[Enrollment, Enrollment],
    ada: Learner,
    grace: Learner,
    knead: Competency,
    bake: Competency,
    assessor: User,
    registrar: User,
    north: Organization,
    of_the_branch: bool,
) -> None:
    enroll(grace, version=both[0].version, on=START, by=registrar, at=MONDAY)
    for learner, competency in ((ada, knead), (ada, bake), (grace, knead)):
        show(learner, competency, 3, by=assessor)
    advisor = limited(Role.ADVISOR, north if of_the_branch else None)
    assign_advisor(ada, advisor=advisor, at=clock.now(), by=registrar)

    seen = {(ada.pk, knead.pk)} if of_the_branch else {(ada.pk, knead.pk), (ada.pk, bake.pk)}
    for model in (Evidence, Mastery):
        rows = reads_evidence.among(advisor, model._default_manager.all())
        assert set(rows.values_list("learner", "competency")) == seen


@pytest.mark.parametrize(("place", "assigned"), [("north", True), ("south", False)])
def test_a_branch_assigns_advisors_to_its_own_learners(
    grace: Learner, north: Organization, south: Organization, place: str, assigned: bool
) -> None:
    Learner.objects.filter(pk=grace.pk).update(home_organization={"north": north, "south": south}[place])
    advisor = limited(Role.ADVISOR, north)
    desk = signed_in_client(limited(Role.REGISTRAR, north))

    fields = {"learner_number": grace.learner_number, "email": advisor.email, "why": ""}
    answer = desk.post(reverse("admin:accounts_advisorassignment_add"), fields)

    assert AdvisorAssignment.objects.filter(learner=grace, advisor=advisor).exists() == assigned
    assert ("None of your learners has this number" in answer.text) != assigned


def test_only_advisors_are_given_learners(ada: Learner, registrar: User, assessor: User) -> None:
    with pytest.raises(NotAnAdvisorError):
        assign_advisor(ada, advisor=assessor, at=clock.now(), by=registrar)


def test_a_limit_to_a_program_stays_when_the_program_is_taken_away(
    both: tuple[Enrollment, Enrollment], loaves: ProgramVersion, registrar: User
) -> None:
    person = make_staff(Role.REGISTRAR)

    def programs() -> set[str]:
        fresh = User.objects.get(pk=person.pk)
        enrollments = reads_enrollments.among(fresh, Enrollment.objects.all())
        assert set(enrollments.values_list("program__title", flat=True)) == set(
            reads_programs.among(fresh, Program.objects.all()).values_list("title", flat=True)
        )
        return set(enrollments.values_list("program__title", flat=True))

    assert programs() == {"Loaves", "Cakes"}
    named = limit_to_program(person, program=loaves.program, at=clock.now(), by=registrar, reason="Only this.")
    assert programs() == {"Loaves"}
    take_program_away(named, at=clock.now(), by=registrar, reason="No more.")
    assert programs() == set()
    lift_limit(named, at=clock.now(), by=registrar, reason="All again.")
    assert programs() == {"Loaves", "Cakes"}


def test_the_last_who_assigns_roles_is_not_limited_nor_left_to_one_who_is(
    loaves: ProgramVersion, registrar: User
) -> None:
    with pytest.raises(LastRegistrarError):
        limit_to_program(registrar, program=loaves.program, at=clock.now(), by=registrar, reason="No.")
    other = make_staff(Role.REGISTRAR)
    limit_to_program(other, program=loaves.program, at=clock.now(), by=registrar, reason="Only this.")

    with pytest.raises(LastRegistrarError):
        end_role(RoleAssignment.objects.get(user=registrar), at=clock.now(), by=registrar, reason="Leaves.")


def test_a_branch_reads_what_the_institution_awards_and_does_not_write_it(
    school: Organization, north: Organization, knead: Competency, cakes: ProgramVersion
) -> None:
    shared = published(school, "Shared", knead)
    designer = limited(Role.CURRICULUM_DESIGNER, north)

    assert [reads_programs(designer, row.program) for row in (shared, cakes)] == [True, False]
    assert not writes_programs(designer, shared)


def test_an_approval_is_decided_where_its_subject_belongs(
    cakes: ProgramVersion, north: Organization, south: Organization, registrar: User
) -> None:
    there, here = limited(Role.REGISTRAR, north), limited(Role.REGISTRAR, south)
    asked = ask_approval(
        ApprovalAct.RETIRE,
        kind=ApprovedKind.PROGRAM_VERSION,
        subject_id=cakes.public_id,
        digest=digest("plan"),
        role=Role.REGISTRAR,
        reason="Old.",
        by=registrar,
        at=MONDAY,
    )

    assert [list(approvals_waiting_for(user)) for user in (there, here)] == [[], [asked]]
    with pytest.raises(NotTheirsToDecideError):
        decide_approval(asked, approved=True, digest=asked.digest, by=there, at=MONDAY)
    assert decide_approval(asked, approved=True, digest=asked.digest, by=here, at=MONDAY).decided_by == here


def test_a_limited_registrar_enrolls_nobody_whom_they_do_not_see(
    both: tuple[Enrollment, Enrollment], grace: Learner, south: Organization, registrar: User, knead: Competency
) -> None:
    enroll(grace, version=both[0].version, on=START, by=registrar, at=MONDAY)  # Grace is of the north alone
    pies = published(south, "Pies", knead)
    desk = signed_in_client(limited(Role.REGISTRAR, south))
    number = grace.learner_number

    one = desk.post(
        reverse("admin:programs_programversion_enroll", args=[pies.pk]), {"learner": number, "on": "2026-03-02"}
    )
    many = desk.post(
        reverse("admin:programs_programversion_enroll_list", args=[pies.pk]), {"text": number, "on": "2026-03-02"}
    )

    assert one.status_code == 422
    assert "None of your learners has this number" in one.text
    assert "Grace Hopper" not in many.text
    assert not Enrollment.objects.filter(version=pies).exists()


def test_a_limited_registrar_makes_records_of_their_branch_only(north: Organization, south: Organization) -> None:
    desk = signed_in_client(limited(Role.REGISTRAR, north))
    address = reverse("admin:accounts_learner_add")

    def made(home: Organization | None) -> int:
        entered = {"legal_name": "New One", "home_organization": home.pk if home else "", "why": ""}
        desk.post(address, entered)
        return Learner.objects.filter(home_organization=home).count()

    assert [made(None), made(south), made(north)] == [0, 0, 1]


def test_a_limited_registrar_gives_nobodys_account_a_record(north: Organization, south: Organization) -> None:
    kept = create_learner("Home Body", home_organization=north, by=None, at=MONDAY)
    someone = make_staff(Role.ASSESSOR)
    address = reverse("admin:accounts_learner_set_account", args=[kept.pk])

    def connected(registrar: User) -> int | None:
        signed_in_client(registrar).post(address, {"email": someone.email, "why": "Because."})
        return Learner.objects.get(pk=kept.pk).user_id

    assert connected(limited(Role.REGISTRAR, north)) is None
    assert connected(make_staff(Role.REGISTRAR)) == someone.pk


def test_an_exception_for_several_reaches_the_own_branch_only(
    both: tuple[Enrollment, Enrollment], ada: Learner, school: Organization, north: Organization, loaves: ProgramVersion
) -> None:
    Enrollment.objects.filter(pk=both[0].pk).update(organization=school)
    entered = {"text": ada.learner_number, "kind": "force_complete", "node": "r1", "words": "Late.", "sure": "on"}
    address = reverse("admin:programs_programversion_except_several", args=[loaves.pk])

    answer = signed_in_client(limited(Role.REGISTRAR, north)).post(address, {**entered, "reason": "other"})

    assert "Nobody in this version has" in answer.text
    assert not RequirementException.objects.exists()


def test_what_counts_everywhere_is_not_recorded_by_one_branch(
    both: tuple[Enrollment, Enrollment], ada: Learner, north: Organization
) -> None:
    entered = {"learner_number": ada.learner_number, "basis": "transfer", "credits": "3", "achieved_on": "2026-03-02"}
    entered |= {"source_credits": "3"}
    address = reverse("admin:programs_recognition_add")

    answer = signed_in_client(limited(Role.REGISTRAR, north)).post(address, {**entered, "words": "", "why": ""})

    assert ("Your role does not cover this" in answer.text, Recognition.objects.count()) == (True, 0)
    signed_in_client(make_staff(Role.REGISTRAR)).post(address, {**entered, "words": "", "why": ""})
    assert Recognition.objects.count() == 1


def test_work_is_read_where_it_is_assessed(
    ada: Learner, knead: Competency, north: Organization, south: Organization, registrar: User
) -> None:
    work = hand_in(ada, new_assessment(knead, organization=north))
    roles = [limited(role, place) for role in (Role.REGISTRAR, Role.INSPECTOR) for place in (north, south)]
    advisor = make_staff(Role.ADVISOR)

    assert [may_see_work(user, work) for user in (*roles, advisor)] == [True, False, True, False, False]
    assign_advisor(ada, advisor=advisor, at=clock.now(), by=registrar)
    assert may_see_work(User.objects.get(pk=advisor.pk), work)


def test_filters_offer_only_programs_that_the_person_sees(
    both: tuple[Enrollment, Enrollment], grace: Learner, north: Organization, registrar: User, knead: Competency
) -> None:
    enroll(grace, version=published(north, "Rolls", knead), on=START, by=registrar, at=MONDAY)
    page = signed_in_client(limited(Role.REGISTRAR, north)).get(reverse("admin:programs_enrollment_changelist")).text

    assert ("Rolls" in page, "Cakes" in page) == (True, False)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.ADVISOR])
def test_a_list_of_a_limited_role_costs_the_same_for_one_row_and_more(
    both: tuple[Enrollment, Enrollment], ada: Learner, grace: Learner, north: Organization, registrar: User, role: Role
) -> None:
    person = limited(role, north)
    if role == Role.ADVISOR:
        for learner in (ada, grace):
            assign_advisor(learner, advisor=person, at=clock.now(), by=registrar)
    desk = signed_in_client(person)

    before = counts(desk)
    enroll(grace, version=both[0].version, on=START, by=registrar, at=MONDAY)

    assert counts(desk) == before


def counts(desk: Client) -> list[int]:
    found = []
    for page in ("programs_enrollment", "accounts_learner", "programs_award", "assessments_evidence"):
        address = reverse(f"admin:{page}_changelist")
        desk.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        found.append(len(queries))
    assert max(found) <= 14
    return found


def test_what_covers_a_row_is_asked_once_per_request_and_anew_after_a_change(
    both: tuple[Enrollment, Enrollment], north: Organization, registrar: User
) -> None:
    person = limited(Role.REGISTRAR, north)
    assert keeps_enrollments(person, both[0])

    with CaptureQueriesContext(connection) as queries:
        assert keeps_enrollments(person, both[0])
    assert len(queries) == 0

    person.forget_rights()
    RoleAssignment.objects.filter(user=person).update(ends_at=clock.now())
    assert not keeps_enrollments(person, both[0])


def test_a_batch_is_seen_and_decided_only_where_all_of_its_exceptions_are(
    ada: Learner,
    grace: Learner,
    bread: ProgramVersion,
    north: Organization,
    south: Organization,
    registrar: User,
) -> None:
    """One request shows all people and decides about all of them."""
    rows = [
        enroll(person, version=bread, on=START, organization=place, by=registrar, at=MONDAY)
        for person, place in ((ada, north), (grace, south))
    ]
    wanted = Wanted(ExceptionKind.FORCE_COMPLETE, "r1", "The oven burnt down.")
    (shared,) = {row.batch for row in grant_exceptions(rows, wanted, by=registrar, at=MONDAY)}
    northern, southern, everywhere = (limited(Role.REGISTRAR, place) for place in (north, south, None))

    batches = ExceptionBatch.objects.all()
    seen = [list(reads_enrollments.among(person, batches)) for person in (northern, southern, everywhere)]
    acted = [list(keeps_enrollments.among(person, batches)) for person in (northern, southern, everywhere)]
    assert seen == acted == [[], [], [shared]]

    own = grant_exceptions(rows[:1], replace(wanted, node="r2"), by=registrar, at=MONDAY)[0].batch
    assert [list(keeps_enrollments.among(person, batches)) for person in (northern, southern)] == [[own], []]
