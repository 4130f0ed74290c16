"""Meaning is versioned: open enrollments are moved to the newest method, and each figure that changes is kept."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Learner, Organization, Role, User
from assessments.evidence.actions import record_evidence
from assessments.models import Basis as EvidenceBasis
from competencies.models import Competency
from core.jobs.models import Job
from programs.audit.queries.attainments import attainments_of
from programs.audit.queries.audits import shown_audit
from programs.audit.queries.trees import audited_tree_of, tree_of
from programs.audit.rules.context import NEWEST, Method
from programs.awards.actions.concerns import settle_concern
from programs.awards.actions.moving import enqueue_moves, learners_by_older_methods, move_learner
from programs.awards.actions.progress import reaudit
from programs.decisions.actions import record_milestone, record_recognition, save_milestone
from programs.enrollment.actions.enrolling import enroll, record_event
from programs.integrity import problems
from programs.models import (
    AuditMove,
    Award,
    AwardConcern,
    ConcernKind,
    Enrollment,
    EventReason,
    Granting,
    ProgramVersion,
    Progress,
    RecognitionBasis,
)
from programs.models.progress import METHODS
from programs.pathway.queries.pathways import pathway_of
from programs.rules.attainments import Basis
from programs.rules.enrollment import EventKind
from tests.assessments.places import FRIDAY, MONDAY, TUESDAY, finding, level_of, new_scale, show
from tests.programs.earlier import as_published_before
from tests.programs.places import awarding, draft_of, open_assessment
from tests.recipes import make_staff, signed_in_client

START = date(2026, 3, 2)
pytestmark = pytest.mark.django_db


def test_the_stored_methods_are_those_of_the_audit_and_the_last_one_is_the_newest() -> None:
    assert tuple(method.value for method in Method) == METHODS
    assert METHODS[-1] == NEWEST


def by_the_first_method(enrollment: Enrollment) -> Enrollment:
    """The enrollment as one that began before there was another method."""
    Progress.objects.filter(enrollment=enrollment).update(method=Method.ONE)
    reaudit(enrollment, at=MONDAY)
    return Enrollment.objects.select_related("progress", "version", "learner").get(pk=enrollment.pk)


@pytest.fixture
def old(ada: Learner, school: Organization, knead: Competency, registrar: User) -> Enrollment:
    """Ada's award by the first method: her study elsewhere has no level, and the leaf asks for one."""
    open_assessment(school, knead)
    version = as_published_before(awarding(draft_of(school, "Bread", knead), Granting.AUTOMATIC))
    enrollment = by_the_first_method(enroll(ada, version=version, on=START, by=registrar, at=MONDAY))
    record_recognition(
        ada, basis=RecognitionBasis.TRANSFER, competency=knead, achieved_on=START, by=registrar, at=MONDAY
    )
    return enrollment


def test_a_new_enrollment_is_audited_by_the_newest_method(ada: Learner, bread: ProgramVersion, registrar: User) -> None:
    enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)

    row = Progress.objects.get()

    assert (row.method, row.audit["method"]) == ("audit@3", "audit@3")


def test_a_move_reports_figures_and_puts_the_award_on_the_worklist(old: Enrollment, ada: Learner) -> None:
    award = Award.objects.get()
    assert ((award.decision or {})["method"], (award.decision or {})["format"]) == ("audit@1", "cairn-award@2")
    assert list(problems(at=TUESDAY)) == []

    moves = move_learner(ada.pk, at=TUESDAY)

    assert [(row.status_before, row.status_after, row.percent_before, row.percent_after) for row in moves] == [
        ("met", "unmet", 100, 0)
    ]
    assert (moves[0].changed, moves[0].distance_before, moves[0].awards_in_question) == (True, 0, 1)
    concern = AwardConcern.objects.get()
    assert (concern.award, concern.kind, concern.subject_id) == (award, ConcernKind.NEW_METHOD, old.public_id)
    assert Award.objects.get().stands
    assert list(problems(at=TUESDAY)) == []
    assert (move_learner(ada.pk, at=FRIDAY), AuditMove.objects.count()) == ([], 1)


def happened(enrollment: Enrollment, *kinds: EventKind, by: User) -> None:
    for kind in kinds:
        record_event(enrollment, kind=kind, on=START, reason=EventReason.WORK, by=by, at=TUESDAY)


def test_awards_of_ended_enrollments_are_reviewed_once_and_their_audits_stay(
    old: Enrollment, ada: Learner, registrar: User
) -> None:
    happened(old, EventKind.COMPLETE, by=registrar)
    before, said = Progress.objects.get(), StringIO()
    call_command("move_audits", dry_run=True, stdout=said)
    assert f"Award {Award.objects.get().public_id} of an ended enrollment" in said.getvalue()
    assert (learners_by_older_methods(), AwardConcern.objects.count()) == ([ada.pk], 0)

    assert move_learner(ada.pk, at=FRIDAY) == []
    concern = AwardConcern.objects.get()
    settle_concern(concern, by=registrar, words="It was so decided then.", at=FRIDAY)
    move_learner(ada.pk, at=FRIDAY)

    after = Progress.objects.get()
    assert (concern.kind, concern.subject_id) == (ConcernKind.NEW_METHOD, old.public_id)
    assert (AwardConcern.objects.count(), AuditMove.objects.count()) == (1, 0)
    assert (after.method, after.digest) == (before.method, before.digest)


def test_a_readmitted_enrollment_comes_to_the_newest_method(old: Enrollment, ada: Learner, registrar: User) -> None:
    happened(old, EventKind.WITHDRAW, by=registrar)
    assert not Job.objects.filter(name="programs.move_learner").exists()
    happened(old, EventKind.READMIT, by=registrar)

    assert list(Job.objects.filter(name="programs.move_learner").values_list("args", flat=True)) == [[ada.pk]]
    assert [move.new_method for move in move_learner(ada.pk, at=FRIDAY)] == ["audit@3"]


def test_pages_agree_with_the_stored_audit_before_and_after(old: Enrollment, ada: Learner) -> None:
    for expected in (100, 0):
        stored = Progress.objects.get(enrollment=old)
        fresh = Enrollment.objects.get(pk=old.pk)
        pages = (shown_audit(fresh, at=TUESDAY).audit.percent, pathway_of(fresh, at=TUESDAY).audit.percent)
        assert (stored.percent, *pages) == (expected, expected, expected)
        move_learner(ada.pk, at=TUESDAY)


def test_a_dry_run_says_all_and_changes_nothing(old: Enrollment) -> None:
    said = StringIO()

    call_command("move_audits", dry_run=True, stdout=said)

    assert "status met → unmet, percent 100 → 0" in said.getvalue()
    assert "awards to review: 1" in said.getvalue()
    assert (Progress.objects.get().method, AuditMove.objects.count(), AwardConcern.objects.count()) == ("audit@1", 0, 0)


def test_jobs_move_every_learner_once(old: Enrollment, ada: Learner) -> None:
    call_command("move_audits", stdout=StringIO())

    assert list(Job.objects.filter(name="programs.move_audits").values_list("args", flat=True)) == [[0]]
    assert enqueue_moves(0) == 1
    assert list(Job.objects.filter(name="programs.move_learner").values_list("args", flat=True)) == [[ada.pk]]


def test_the_desk_shows_figures_before_and_after(old: Enrollment, ada: Learner) -> None:
    move_learner(ada.pk, at=TUESDAY)

    page = signed_in_client(make_staff(Role.REGISTRAR)).get("/admin/programs/auditmove/").content.decode()

    assert "100 % → 0 %" in page


@pytest.mark.parametrize(
    ("found", "basis"),
    [
        ([(3, "external")], Basis.EXTERNAL),
        ([(3, "prior_learning")], Basis.PRIOR_LEARNING),
        ([(3, "external"), (3, "assessed")], Basis.ASSESSED_HERE),
        # Here alone, only a lower level was shown: the higher one rests on what was found elsewhere.
        ([(4, "external"), (3, "assessed")], Basis.EXTERNAL),
        ([(4, "external"), (4, "prior_learning"), (2, "assessed")], Basis.PRIOR_LEARNING),
        ([(1, "external"), (3, "assessed")], Basis.ASSESSED_HERE),
    ],
)
def test_mastery_has_the_basis_on_which_it_would_do_alone(
    ada: Learner, knead: Competency, assessor: User, found: list[tuple[int, str]], basis: Basis
) -> None:
    for rank, by_whom in found:
        finder = None if by_whom == EvidenceBasis.EXTERNAL else assessor
        item = finding(knead, rank, basis=EvidenceBasis(by_whom), assessor=finder)
        record_evidence(ada, items=[item], by=assessor, at=MONDAY)

    assert [it.basis for it in attainments_of(ada, at=MONDAY, method=Method.TWO)] == [basis]
    assert [it.basis for it in attainments_of(ada, at=MONDAY, method=Method.ONE)] == [Basis.ASSESSED_HERE]


def test_evidence_that_changes_the_basis_alone_is_audited(
    ada: Learner, bread: ProgramVersion, knead: Competency, registrar: User, assessor: User
) -> None:
    enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)
    show(ada, knead, 3, by=assessor, at=MONDAY, basis=EvidenceBasis.EXTERNAL, assessor=None)

    show(ada, knead, 3, by=assessor, at=TUESDAY)

    assert list(problems(at=TUESDAY)) == []


def test_a_milestone_and_a_recognition_are_read_with_basis_level_and_scale(
    ada: Learner, school: Organization, knead: Competency, registrar: User
) -> None:
    safety, abroad = save_milestone(None, title="Safety", unit="", at=MONDAY), new_scale("Abroad")
    record_milestone(ada, milestone=safety, on=START, basis=Basis.TRANSFER, by=registrar, at=MONDAY)
    record_recognition(
        ada,
        basis=RecognitionBasis.EXTERNAL,
        competency=knead,
        level=abroad.levels.get(rank=2),
        equal_to=[level_of(knead, 3)],
        achieved_on=START,
        by=registrar,
        at=MONDAY,
    )
    own_scale = str(level_of(knead, 3).scale.public_id)

    read = {
        method: [
            (it.kind.value, it.basis, it.level, it.scale, it.conversions)
            for it in attainments_of(ada, at=MONDAY, method=method)
        ]
        for method in Method
    }

    assert read[Method.THREE] == read[Method.TWO]
    del read[Method.THREE]
    assert read == {
        Method.ONE: [
            ("milestone", Basis.ASSESSED_HERE, None, "", ()),
            ("recognition", Basis.EXTERNAL, 2, "", ()),
        ],
        Method.TWO: [
            ("milestone", Basis.TRANSFER, None, "", ()),
            ("recognition", Basis.EXTERNAL, 2, str(abroad.public_id), ((own_scale, 3),)),
        ],
    }


def test_the_newest_method_asks_leaves_for_the_level_of_their_policy(bread: ProgramVersion, knead: Competency) -> None:
    scale = str(level_of(knead, 3).scale.public_id)

    read = {method: [(leaf.level, leaf.scale) for leaf in audited_tree_of(bread, method).children] for method in Method}

    by_scale = [(3, scale), (3, scale)]
    assert read == {Method.ONE: [(0, ""), (0, "")], Method.TWO: by_scale, Method.THREE: by_scale}
    assert audited_tree_of(bread, Method.ONE) is tree_of(bread)


def test_accepted_without_a_level_needs_a_reason_and_counts(
    ada: Learner, bread: ProgramVersion, knead: Competency, registrar: User
) -> None:
    enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)
    record_recognition(
        ada,
        basis=RecognitionBasis.TRANSFER,
        competency=knead,
        credits=Decimal(3),
        source_credits=Decimal(3),
        achieved_on=START,
        without_level=True,
        words="The school gave no levels.",
        by=registrar,
        at=MONDAY + timedelta(hours=1),
    )

    assert Progress.objects.get().percent == 50
