"""The page of exceptions that wait together says a percent for each learner, and asks no more for many than for one."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions.learners import create_learner
from accounts.models import Organization, User
from competencies.models import Competency
from programs.audit.queries.audits import shown_audit
from programs.audit.queries.percents import percents_of
from programs.decisions.actions.exceptions import Wanted, grant_exceptions
from programs.decisions.queries import previewed_batch
from programs.enrollment.actions.enrolling import enroll
from programs.models import Enrollment, ExceptionBatch, Granting, ProgramVersion, Progress
from programs.rules.attainments import ExceptionKind
from tests.assessments.places import MONDAY, TUESDAY
from tests.programs.places import ask_for, awarding, draft_of, open_assessment, root_of

pytestmark = pytest.mark.django_db

MANY = 8
YEAR = timedelta(days=365)


@pytest.fixture
def credited(school: Organization, knead: Competency, bake: Competency) -> ProgramVersion:
    open_assessment(school, knead, bake)
    draft = draft_of(school, "Credited")
    for competency in (knead, bake):
        ask_for(root_of(draft), competency, worth=3)
    return awarding(draft, Granting.AUTOMATIC)


def _waived(version: ProgramVersion, count: int, by: User) -> ExceptionBatch:
    people = [create_learner(f"Learner {number}", by=by, at=MONDAY) for number in range(count)]
    rows = [enroll(person, version=version, on=date(2026, 3, 2), by=by, at=MONDAY) for person in people]
    granted = grant_exceptions(rows, Wanted(ExceptionKind.WAIVE, "r2", "Has done it."), by=by, at=TUESDAY)
    batch = granted[0].batch
    assert batch is not None
    return batch


def test_a_batch_of_many_is_previewed_with_the_queries_of_one(credited: ProgramVersion, registrar: User) -> None:
    list(previewed_batch(_waived(credited, 1, registrar), at=TUESDAY))  # a process reads a version once
    counts = {}
    for count in (1, MANY):
        batch = _waived(credited, count, registrar)
        with CaptureQueriesContext(connection) as asked:
            lines = list(previewed_batch(batch, at=TUESDAY))
        counts[count] = len(asked)
        assert [(line.percent_now, line.percent_then) for line in lines] == [(0, 50)] * count

    # The four of the exceptions, percents and names; the others are those of one pathway, for what is asked.
    assert counts[1] == counts[MANY] <= 20


@pytest.mark.parametrize("change", [{"stale_since": MONDAY}, {"holds_until": TUESDAY}, {"audit": None}])
def test_a_percent_that_is_no_answer_of_now_is_audited(
    credited: ProgramVersion, registrar: User, change: dict[str, object]
) -> None:
    studies = Enrollment.objects.get(exceptions__batch=_waived(credited, 1, registrar))
    row = Progress.objects.get(enrollment=studies)
    wrong = {**row.audit, "today": {**row.audit["today"], "distance": 0}}
    if "audit" in change:  # an audit of other nodes than those that apply
        wrong["today"]["nodes"] = wrong["today"]["nodes"][:1]
    Progress.objects.filter(pk=row.pk).update(**{**change, "audit": wrong})

    found = percents_of([studies], at=TUESDAY)[studies.pk]

    audited = shown_audit(studies, at=TUESDAY).audit
    assert (found.today, found.projected) == (audited.percent, audited.projected_percent) == (0, 50)


def test_an_ended_enrollment_keeps_the_percent_of_its_last_audit(credited: ProgramVersion, registrar: User) -> None:
    studies = Enrollment.objects.get(exceptions__batch=_waived(credited, 1, registrar))
    Enrollment.objects.filter(pk=studies.pk).update(ended_on=date(2026, 3, 3))
    Progress.objects.filter(enrollment=studies).update(holds_until=TUESDAY)
    studies.refresh_from_db()

    with CaptureQueriesContext(connection) as asked:
        found = percents_of([studies], at=TUESDAY + YEAR)[studies.pk]

    assert ((found.today, found.projected), len(asked) <= 2) == ((0, 50), True)
