"""Milestones, recognised study and exceptions move progress at once; lists are enrolled whole or not at all."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Learner, Organization, User
from competencies.models import Competency
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.decisions.actions import (
    grant_exception,
    record_milestone,
    record_recognition,
    save_milestone,
    withdraw_decision,
)
from programs.enrollment.actions.enrolling import enroll
from programs.enrollment.actions.enrolling_many import enroll_many, preview_enrollments
from programs.enrollment.formats import RowFault, read_rows
from programs.errors import (
    AlreadyReachedError,
    AlreadyWithdrawnError,
    ExceptionIncompleteError,
    InTheFutureError,
    NodeUnknownError,
    QuantityError,
    RecognitionIncompleteError,
    RowsRefusedError,
)
from programs.models import Enrollment, EnrollmentEvent, ProgramVersion, Progress, RecognitionBasis, RequirementKind
from programs.rules.attainments import ExceptionKind
from tests.assessments.places import MONDAY, TUESDAY, level_of
from tests.programs.places import draft_of, root_of

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)


@pytest.fixture
def studies(ada: Learner, bread: ProgramVersion, registrar: User) -> Enrollment:
    return enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)


def percent() -> int:
    return Progress.objects.values_list("percent", flat=True).get()


def test_milestones_and_quantities_count(school: Organization, ada: Learner, registrar: User) -> None:
    safety = save_milestone(None, title="Safety briefing", unit="", at=MONDAY)
    hours = save_milestone(None, title="Hours at the oven", unit="hours", at=MONDAY)
    draft = draft_of(school, "Oven")
    for node in (
        Node(kind=RequirementKind.MILESTONE, milestone=safety),
        Node(kind=RequirementKind.QUANTITY, milestone=hours, quantity_least=Decimal(40)),
    ):
        save_requirement(None, version=draft, parent=root_of(draft), node=node)
    enroll(ada, version=publish_version(draft, by=None, at=MONDAY), on=START, by=registrar, at=MONDAY)

    reached = record_milestone(ada, milestone=safety, on=START, by=registrar, at=TUESDAY)
    assert percent() == 50
    record_milestone(ada, milestone=hours, on=START, quantity=Decimal(10), by=registrar, at=TUESDAY)
    assert percent() == 62
    record_milestone(ada, milestone=hours, on=START, quantity=Decimal(30), by=registrar, at=TUESDAY)
    assert percent() == 100

    with pytest.raises(AlreadyReachedError):
        record_milestone(ada, milestone=safety, on=START, by=registrar, at=TUESDAY)
    with pytest.raises(QuantityError):
        record_milestone(ada, milestone=hours, on=START, by=registrar, at=TUESDAY)
    with pytest.raises(InTheFutureError):
        record_milestone(ada, milestone=safety, on=date(2027, 1, 1), by=registrar, at=TUESDAY)
    withdraw_decision(reached, by=registrar, at=TUESDAY)
    assert percent() == 50
    with pytest.raises(AlreadyWithdrawnError):
        withdraw_decision(reached, by=registrar, at=TUESDAY)


def test_recognised_study_counts(studies: Enrollment, ada: Learner, knead: Competency, registrar: User) -> None:
    row = record_recognition(
        ada,
        basis=RecognitionBasis.TRANSFER,
        achieved_on=START,
        competency=knead,
        level=level_of(knead, 3),
        words="A bakery in Graz.",
        by=registrar,
        at=TUESDAY,
    )

    assert (percent(), row.body.content) == (50, "A bakery in Graz.")
    with pytest.raises(RecognitionIncompleteError):
        record_recognition(ada, basis=RecognitionBasis.TRANSFER, achieved_on=START, by=registrar, at=TUESDAY)
    withdraw_decision(row, by=registrar, at=TUESDAY)
    assert percent() == 0


def test_an_exception_waives_a_node(studies: Enrollment, registrar: User) -> None:
    row = grant_exception(
        studies, kind=ExceptionKind.WAIVE, node="r2", words="Has done it for years.", by=registrar, at=TUESDAY
    )

    assert percent() == 50
    with pytest.raises(NodeUnknownError):
        grant_exception(studies, kind=ExceptionKind.WAIVE, node="r77", words="", by=registrar, at=TUESDAY)
    with pytest.raises(ExceptionIncompleteError):
        grant_exception(studies, kind=ExceptionKind.SUBSTITUTE, node="r2", words="", by=registrar, at=TUESDAY)
    withdraw_decision(row, by=registrar, at=TUESDAY)
    assert percent() == 0


def test_a_list_is_read_with_every_fault_in_its_place() -> None:
    rows, faults = read_rows("learner_number;starts_on\nL-1;2026-03-02\n\nL-1;\n;tomorrow\nL-2;;x\n", today=START)

    assert [(row.line, row.learner_number, row.starts_on) for row in rows] == [
        (2, "L-1", START),
        (4, "L-1", None),
        (5, "", None),
        (6, "L-2", None),
    ]
    assert faults == (
        RowFault(4, "learner_number", "twice", "L-1"),
        RowFault(5, "learner_number", "missing"),
        RowFault(5, "starts_on", "date_expected", "tomorrow"),
        RowFault(6, "", "too_many_columns", "3"),
    )
    assert read_rows(" \n", today=START)[1] == (RowFault(1, "learner_number", "empty"),)


def test_rows_that_a_spreadsheet_leaves_empty_are_skipped() -> None:
    rows, faults = read_rows(
        ";;;\nLearner_Number;starts_on;;;\nL-1;;;;\n;;;;\n ; ;;;\nL-2;2026-12-05;;;\n;;;;\n", today=START
    )

    assert [(row.line, row.learner_number) for row in rows] == [(3, "L-1"), (6, "L-2")]
    assert faults == ()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("0026-09-01", "date_year_is_short"),
        ("26-09-01", "date_expected"),
        ("20260901", "date_expected"),
        ("1899-12-31", "date_too_early"),
        ("2028-01-01", "date_too_late"),
    ],
)
def test_a_start_that_nobody_can_mean_is_asked_back(written: str, code: str) -> None:
    assert read_rows(f"L-1,{written}\n", today=START)[1] == (RowFault(1, "starts_on", code, written),)


def test_a_list_is_enrolled_whole_or_not_at_all(
    ada: Learner, grace: Learner, bread: ProgramVersion, registrar: User
) -> None:
    text = f"{ada.learner_number}\n{grace.learner_number}\n"
    arguments = {"version": bread, "on": START, "by": registrar, "at": MONDAY}

    preview = preview_enrollments(f"{text}nobody\n", **arguments)  # type: ignore[arg-type]  # one dict for all calls
    assert ([row.line for row in preview.fresh], preview.faults) == (
        [1, 2],
        (RowFault(3, "learner_number", "unknown_learner", "nobody"),),
    )
    with pytest.raises(RowsRefusedError):
        enroll_many(f"{text}nobody\n", **arguments)  # type: ignore[arg-type]  # as above
    assert Enrollment.objects.count() == 0

    assert len(enroll_many(text, **arguments)) == 2  # type: ignore[arg-type]  # as above
    before = EnrollmentEvent.objects.count()
    assert enroll_many(text, **arguments) == ()  # type: ignore[arg-type]  # as above
    again = preview_enrollments(text, **arguments)  # type: ignore[arg-type]  # as above
    assert (EnrollmentEvent.objects.count(), again) == (before, replace(again, fresh=(), faults=()))
