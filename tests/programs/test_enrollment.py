"""Who studies what: admission, dated events and their fold, and progress that moves with evidence at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.links import link_records
from accounts.models import Learner, Organization, User
from assessments.evidence.actions import void_evidence
from assessments.mastery.announcements import mastery_changed
from assessments.models import Mastery, VoidReason
from competencies.models import Competency
from programs.audit.queries.attainments import attainments_of
from programs.audit.queries.audits import audit_of, refresh, status_of
from programs.audit.rules.context import Method
from programs.awards.actions.progress import due_learners, reaudit, reaudit_if_due
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.curriculum.actions.publishing import close_version, publish_version, retire_version
from programs.enrollment.actions.enrolling import correct_event, enroll, record_event
from programs.errors import (
    AlreadyCorrectedError,
    AlreadyEnrolledError,
    ClosedToEntryError,
    NotPublishedError,
    OutOfTurnEventError,
)
from programs.models import (
    Enrollment,
    EnrollmentEvent,
    EventReason,
    ProgramVersion,
    Progress,
    Recognition,
    RequirementKind,
)
from programs.rules.enrollment import EnrollmentState, Event, EventKind, status_on
from programs.subscribers import reaudit_what_it_touches
from programs.tasks import settle_progress
from tests.assessments.places import FRIDAY, MONDAY, TUESDAY, level_of, show
from tests.programs.places import draft_of, root_of
from tests.recipes import make_user

START = date(2026, 3, 2)


@pytest.fixture
def studies(ada: Learner, bread: ProgramVersion, registrar: User) -> Enrollment:
    return enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)


def day(number: int) -> date:
    return START + timedelta(days=number)


@pytest.mark.django_db
def test_enrolling_pins_the_version_and_tracks_its_leaves(studies: Enrollment, bread: ProgramVersion) -> None:
    assert (studies.version, studies.admitted_on, studies.ended_on) == (bread, START, None)
    assert sorted(Mastery.objects.values_list("competency__code", "state")) == [("bake", "none"), ("knead", "none")]
    assert [event.kind for event in studies.events.order_by("pk")] == ["admit", "start"]
    row = Progress.objects.get()
    assert (row.status, row.percent, row.distance) == ("unmet", 0, 200)


@pytest.mark.django_db
def test_evidence_moves_progress_in_the_same_transaction(
    studies: Enrollment, ada: Learner, knead: Competency, bake: Competency, assessor: User
) -> None:
    show(ada, knead, 3, by=assessor, at=TUESDAY)
    assert Progress.objects.values_list("percent", "status").get() == (50, "unmet")

    recorded = show(ada, bake, 4, by=assessor, at=TUESDAY)
    row = Progress.objects.get()
    assert (row.percent, row.status, row.met_on, row.stale_since) == (100, "met", date(2026, 3, 3), None)

    void_evidence(recorded.evidence[0], reason=VoidReason.MISTAKE, by=assessor, at=FRIDAY)
    assert Progress.objects.values_list("percent", "status", "met_on").get() == (50, "unmet", None)


@pytest.mark.django_db
def test_a_program_stacked_in_another_moves_both(
    ada: Learner, bread: ProgramVersion, school: Organization, registrar: User, assessor: User, knead: Competency
) -> None:
    diploma = draft_of(school, "Diploma")
    node = Node(kind=RequirementKind.PROGRAM, nested_version=bread)
    save_requirement(None, version=diploma, parent=root_of(diploma), node=node)
    above = enroll(ada, version=publish_version(diploma, by=None, at=MONDAY), on=START, by=registrar, at=MONDAY)
    below = enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)

    show(ada, knead, 3, by=assessor, at=TUESDAY)

    assert dict(Progress.objects.values_list("enrollment", "percent")) == {above.pk: 49, below.pk: 50}


@pytest.mark.django_db
def test_events_fold_into_a_state_as_of_a_day(studies: Enrollment, registrar: User) -> None:
    for kind, number in ((EventKind.PAUSE, 10), (EventKind.RESUME, 40), (EventKind.WITHDRAW, 50)):
        record_event(studies, kind=kind, on=day(number), reason=EventReason.HEALTH, by=registrar, at=FRIDAY)

    states = [status_of(studies, on=day(number)).state for number in (0, 9, 10, 39, 40, 50)]

    assert states == [
        EnrollmentState.ACTIVE,
        EnrollmentState.ACTIVE,
        EnrollmentState.PAUSED,
        EnrollmentState.PAUSED,
        EnrollmentState.ACTIVE,
        EnrollmentState.WITHDRAWN,
    ]
    assert status_of(studies, on=day(60)).active_days == 20
    assert Enrollment.objects.get().ended_on == day(50)


@pytest.mark.django_db
def test_an_event_out_of_turn_leaves_nothing_behind(studies: Enrollment, registrar: User) -> None:
    for kind in (EventKind.RESUME, EventKind.READMIT, EventKind.START, EventKind.ADMIT, EventKind.CORRECT):
        with pytest.raises(OutOfTurnEventError):
            record_event(studies, kind=kind, on=day(5), reason=EventReason.WORK, by=registrar, at=FRIDAY)
    with pytest.raises(OutOfTurnEventError):
        record_event(studies, kind=EventKind.PAUSE, on=day(-5), reason=EventReason.WORK, by=registrar, at=FRIDAY)

    assert EnrollmentEvent.objects.count() == 2


@pytest.mark.django_db
def test_a_correction_takes_an_event_back(studies: Enrollment, registrar: User) -> None:
    left = record_event(
        studies, kind=EventKind.WITHDRAW, on=day(3), reason=EventReason.WORK, by=registrar, at=FRIDAY, words="Moved."
    )

    correct_event(left, by=registrar, at=FRIDAY)

    assert status_of(studies, on=day(9)).state is EnrollmentState.ACTIVE
    assert (Enrollment.objects.get().ended_on, left.body.content) == (None, "Moved.")
    with pytest.raises(AlreadyCorrectedError):
        correct_event(left, by=registrar, at=FRIDAY)
    with pytest.raises(OutOfTurnEventError):
        correct_event(studies.events.get(kind="admit"), by=registrar, at=FRIDAY)


@pytest.mark.django_db
def test_nobody_is_enrolled_twice_under_any_record(
    studies: Enrollment, ada: Learner, grace: Learner, bread: ProgramVersion, registrar: User
) -> None:
    with pytest.raises(AlreadyEnrolledError):
        enroll(ada, version=bread, on=START, by=registrar, at=TUESDAY)
    link_records(grace, other=ada, reason="One person.", by=registrar, at=TUESDAY)
    with pytest.raises(AlreadyEnrolledError):
        enroll(grace, version=bread, on=START, by=registrar, at=TUESDAY)

    record_event(studies, kind=EventKind.WITHDRAW, on=day(3), reason=EventReason.WORK, by=registrar, at=FRIDAY)
    again = enroll(grace, version=bread, on=day(3), by=registrar, at=FRIDAY)
    with pytest.raises(AlreadyEnrolledError):
        record_event(studies, kind=EventKind.READMIT, on=day(4), reason=EventReason.WORK, by=registrar, at=FRIDAY)
    assert again.learner == grace


@pytest.mark.django_db
def test_drafts_closed_and_retired_versions_take_nobody(
    ada: Learner, draft: ProgramVersion, bread: ProgramVersion, registrar: User
) -> None:
    with pytest.raises(NotPublishedError):
        enroll(ada, version=draft, on=START, by=registrar, at=MONDAY)
    close_version(bread, closed_to_entry_on=START, teach_out_until=None, by=registrar, reason="Full.")
    with pytest.raises(ClosedToEntryError):
        enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)
    retire_version(bread, by=registrar, at=MONDAY, reason="Over.")
    with pytest.raises(NotPublishedError):
        enroll(ada, version=bread, on=day(-1), by=registrar, at=MONDAY)


@pytest.mark.django_db
def test_the_database_keeps_people_out_of_drafts_and_other_programs(
    studies: Enrollment, draft: ProgramVersion, school: Organization
) -> None:
    with pytest.raises(IntegrityError, match="another program"), transaction.atomic():
        Enrollment.objects.filter(pk=studies.pk).update(version=draft)
    with pytest.raises(IntegrityError, match="study a draft"), transaction.atomic():
        Enrollment.objects.filter(pk=studies.pk).update(version=draft, program=draft.program)


@pytest.mark.django_db
def test_an_unchanged_audit_is_not_written_again(studies: Enrollment) -> None:
    before = Progress.objects.get()

    reaudit(studies, at=FRIDAY)

    assert Progress.objects.get().audited_at == before.audited_at


@pytest.mark.django_db
def test_progress_equals_the_audit(studies: Enrollment, ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 4, by=assessor, at=TUESDAY)

    found = audit_of(studies, on=date(2026, 3, 3), at=TUESDAY)
    row = Progress.objects.get()
    assert (row.status, row.percent, row.distance) == (found.status.value, found.percent, found.today.distance)
    assert [attainment.level for attainment in attainments_of(ada, at=TUESDAY, method=Method.TWO)] == [4]


@pytest.mark.django_db
def test_only_programs_listens_to_mastery() -> None:
    assert mastery_changed.listeners == [reaudit_what_it_touches]


@pytest.mark.django_db
def test_audits_cost_the_same_queries_for_one_and_two_pieces(
    studies: Enrollment, ada: Learner, knead: Competency, bake: Competency, assessor: User
) -> None:
    counts = []
    for competency in (knead, bake):
        show(ada, competency, 3, by=assessor, at=TUESDAY)
        with CaptureQueriesContext(connection) as queries:
            reaudit(studies, at=TUESDAY)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_a_stale_row_is_settled_by_its_job_and_worked_out_for_readers(studies: Enrollment) -> None:
    Progress.objects.update(stale_since=MONDAY, percent=99)

    shown = Progress.objects.get()
    refresh(shown, at=TUESDAY)
    assert (shown.percent, Progress.objects.get().percent) == (0, 99)

    settle_progress(studies.pk)
    assert Progress.objects.values_list("percent", "stale_since").get() == (0, None)


@pytest.mark.django_db
def test_progress_turns_when_a_recognition_ends(studies: Enrollment, ada: Learner, bake: Competency) -> None:
    Recognition.objects.create(
        learner=ada,
        basis="transfer",
        competency=bake,
        level=level_of(bake, 3),
        achieved_on=START,
        valid_until=date(2026, 3, 10),
        recorded_at=MONDAY,
        recorded_by=make_user(),
    )
    row = reaudit(studies, at=TUESDAY)
    midnight = datetime(2026, 3, 9, 23, tzinfo=UTC)  # in Vienna
    assert (row.percent, row.holds_until) == (50, midnight)

    assert due_learners(at=midnight - timedelta(seconds=1)) == []
    assert due_learners(at=midnight) == [ada.pk]
    shown = Progress.objects.get()
    refresh(shown, at=midnight)
    assert (shown.percent, Progress.objects.get().percent) == (0, 50)
    assert reaudit_if_due(ada.pk, at=midnight) == 1
    assert Progress.objects.values_list("percent", "holds_until").get() == (0, None)


events = st.lists(st.tuples(st.sampled_from(list(EventKind)), st.integers(0, 30)), max_size=8)


@given(events)
def test_the_fold_does_not_mind_the_order_of_its_input(drawn: list[tuple[EventKind, int]]) -> None:
    rows = [Event(0, EventKind.ADMIT, START, version=1)]
    for number, (kind, offset) in enumerate(drawn, start=1):
        candidate = [*rows, Event(number, kind, day(offset), corrects=number - 1 if kind == "correct" else None)]
        try:
            status_on(candidate, None)
        except ValueError:
            continue
        rows = candidate

    for on in (START, day(15), day(40), None):
        assert status_on(rows, on) == status_on(reversed(rows), on)
    assert 0 <= status_on(rows, day(40)).active_days <= 40
