"""The one door into the ledger: what is recorded counts at once, once, and is corrected or voided, never changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Learner, User
from assessments.errors import (
    AlreadyVoidedError,
    AssessorUnlessExternalError,
    CompetencyWithoutScaleError,
    LevelOrScoreError,
    NothingToRecordError,
    NotTheNewestError,
    PerformedLaterError,
    RevisionOfAnotherCompetencyError,
    SourceDiffersError,
    SystemUnknownError,
)
from assessments.evidence.actions import SourceReference, record_evidence, void_evidence
from assessments.mastery.announcements import MasteryChanged, mastery_changed
from assessments.mastery.queries.standings import evidence_of, mastery_of
from assessments.models import (
    Basis,
    Evidence,
    EvidenceBody,
    EvidenceSource,
    Mastery,
    MasteryPolicyVersion,
    MasteryState,
    SourceKind,
    VoidReason,
)
from competencies.models import Competency, Framework
from tests.assessments.places import FRIDAY, MONDAY, TUESDAY, finding, new_competency, show


@pytest.fixture
def news() -> Iterator[list[MasteryChanged]]:
    heard: list[MasteryChanged] = []
    mastery_changed.connect(heard.append)
    yield heard
    mastery_changed.disconnect(heard.append)


def test_the_first_evidence_brings_the_default_row(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 3, by=assessor)

    row = Mastery.objects.get()
    assert (row.learner, row.competency, row.state, row.level) == (ada, knead, MasteryState.MASTERED, 3)
    assert row.mastered_on == date(2026, 2, 10)
    assert row.policy_version.definition["method"] == "highest@2"


def test_below_the_level_asked_for_nothing_is_mastered(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 2, by=assessor)

    assert [(row.state, row.level) for row in mastery_of(ada, at=MONDAY)] == [("below", 2)]


def test_recording_freezes_what_it_points_at(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 3, by=assessor)

    revision = knead.revisions.get()
    assert revision.used_at == MONDAY
    assert revision.scale is not None
    assert revision.scale.used_at == MONDAY
    assert MasteryPolicyVersion.objects.get().used_at == MONDAY


def test_every_change_is_announced_with_what_was_before(
    ada: Learner, knead: Competency, assessor: User, news: list[MasteryChanged]
) -> None:
    show(ada, knead, 2, by=assessor)
    show(ada, knead, 3, by=assessor, at=TUESDAY)
    show(ada, knead, 1, by=assessor, at=FRIDAY)

    by_kind = [
        [(change.old and (change.old.state, change.old.level), change.new.level) for change in one.changes]
        for one in news
    ]
    assert by_kind == [[(None, 2)], [(("below", 2), 3)]]


def test_an_error_of_a_listener_undoes_the_evidence(ada: Learner, knead: Competency, assessor: User) -> None:
    def refuse(_news: MasteryChanged) -> None:
        raise RuntimeError("no")

    mastery_changed.connect(refuse)
    try:
        with pytest.raises(RuntimeError, match="no"):
            show(ada, knead, 3, by=assessor)
    finally:
        mastery_changed.disconnect(refuse)

    assert not Evidence.objects.exists()
    assert not Mastery.objects.exists()


def test_a_source_is_taken_in_once(ada: Learner, knead: Competency, assessor: User) -> None:
    source = SourceReference(SourceKind.RECORD, "entry at the oven")
    first = show(ada, knead, 3, by=assessor, source=source)

    again = show(ada, knead, 3, by=assessor, source=source, at=TUESDAY)

    assert (again.evidence, again.created, again.changes) == (first.evidence, (), ())
    assert Evidence.objects.count() == 1


def test_a_source_may_not_change_its_word(ada: Learner, knead: Competency, assessor: User) -> None:
    source = SourceReference(SourceKind.RECORD, "entry at the oven")
    show(ada, knead, 3, by=assessor, source=source)

    with pytest.raises(SourceDiffersError):
        show(ada, knead, 4, by=assessor, source=source)


def test_a_source_belongs_to_one_person(ada: Learner, grace: Learner, knead: Competency, assessor: User) -> None:
    source = SourceReference(SourceKind.RECORD, "entry at the oven")
    show(ada, knead, 3, by=assessor, source=source)

    with pytest.raises(SourceDiffersError):
        show(grace, knead, 3, by=assessor, source=source)


def test_the_ledger_keeps_no_id_of_a_source(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 3, by=assessor, source=SourceReference(SourceKind.MESSAGE, "mailto:ada@school.example"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(source)::text FROM assessments_evidencesource source")
        assert "ada" not in cursor.fetchone()[0]
    assert EvidenceSource.objects.get().id_digest.startswith("c1:")


def test_a_correction_replaces_what_it_corrects(ada: Learner, knead: Competency, assessor: User) -> None:
    wrong = show(ada, knead, 4, by=assessor).evidence[0]

    right = show(ada, knead, 2, by=assessor, at=TUESDAY, corrects=wrong).evidence[0]

    assert (right.piece, right.revision_number) == (wrong.piece, 2)
    assert Mastery.objects.get().state == MasteryState.BELOW


def test_only_the_newest_row_of_a_piece_is_corrected(ada: Learner, knead: Competency, assessor: User) -> None:
    wrong = show(ada, knead, 4, by=assessor).evidence[0]
    show(ada, knead, 2, by=assessor, corrects=wrong)

    with pytest.raises(NotTheNewestError):
        show(ada, knead, 3, by=assessor, corrects=wrong)
    with pytest.raises(NotTheNewestError):
        void_evidence(wrong, reason=VoidReason.MISTAKE, by=assessor, at=TUESDAY)


def test_a_correction_stays_with_person_and_competency(
    ada: Learner, grace: Learner, knead: Competency, bake: Competency, assessor: User
) -> None:
    row = show(ada, knead, 4, by=assessor).evidence[0]

    with pytest.raises(NotTheNewestError):
        show(grace, knead, 2, by=assessor, corrects=row)
    with pytest.raises(NotTheNewestError):
        show(ada, bake, 2, by=assessor, corrects=row)


def test_voided_evidence_counts_no_more(
    ada: Learner, knead: Competency, assessor: User, news: list[MasteryChanged]
) -> None:
    row = show(ada, knead, 3, by=assessor).evidence[0]

    void_evidence(row, reason=VoidReason.MISCONDUCT, by=assessor, at=TUESDAY)

    assert Mastery.objects.get().state == MasteryState.WITHDRAWN
    assert news[-1].voided == (row.pk,)
    with pytest.raises(AlreadyVoidedError):
        void_evidence(row, reason=VoidReason.MISTAKE, by=assessor, at=FRIDAY)


def test_voiding_what_decided_nothing_is_announced_too(
    ada: Learner, knead: Competency, assessor: User, news: list[MasteryChanged]
) -> None:
    show(ada, knead, 4, by=assessor)
    weaker = show(ada, knead, 3, by=assessor).evidence[0]

    void_evidence(weaker, reason=VoidReason.MISTAKE, by=assessor, at=TUESDAY)

    assert (news[-1].changes, news[-1].voided) == ((), (weaker.pk,))


def test_words_lie_beside_the_ledger(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 3, by=assessor, words="Folded it well.")
    show(ada, knead, 3, by=assessor)

    assert [row.content for row in EvidenceBody.objects.all()] == ["Folded it well."]
    assert [hasattr(row, "body") for row in evidence_of(ada)] == [False, True]


def test_a_late_replay_leaves_nothing_out(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 3, by=assessor, at=FRIDAY)

    show(ada, knead, 2, by=assessor, at=MONDAY)

    assert Mastery.objects.get().level == 3


def test_a_score_is_on_the_scale_of_the_competency(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 3, by=assessor, level=None, score=Decimal("2.9950"))

    assert Mastery.objects.get().score == Decimal("3.00")
    assert Mastery.objects.get().state == MasteryState.MASTERED


def test_what_contradicts_itself_is_refused_whole(
    ada: Learner, knead: Competency, bake: Competency, baking: Framework, assessor: User
) -> None:
    plain = new_competency(baking, "without a scale", None)
    refused = [
        (finding(knead, 3, score=Decimal(3)), LevelOrScoreError),
        (finding(knead, 3, level=None), LevelOrScoreError),
        (replace(finding(knead, 3), competency=plain), CompetencyWithoutScaleError),
        (finding(knead, 3, revision=bake.revisions.get()), RevisionOfAnotherCompetencyError),
        (finding(knead, 3, basis=Basis.EXTERNAL, assessor=assessor), AssessorUnlessExternalError),
        (finding(knead, 3, performed_on=(MONDAY + timedelta(days=1)).date()), PerformedLaterError),
        (finding(knead, 3, source=SourceReference(SourceKind.IMPORT, "1", system="elsewhere")), SystemUnknownError),
    ]

    for item, error in refused:
        with pytest.raises(error):
            record_evidence(ada, items=[finding(bake, 3), item], by=assessor, at=MONDAY)
    with pytest.raises(NothingToRecordError):
        record_evidence(ada, items=[], by=assessor, at=MONDAY)
    with pytest.raises(AssessorUnlessExternalError):
        record_evidence(ada, items=[finding(knead, 3)], by=None, at=MONDAY)
    assert not Evidence.objects.exists()


def test_external_evidence_has_no_assessor(ada: Learner, knead: Competency, assessor: User) -> None:
    row = show(ada, knead, 3, by=assessor, basis=Basis.EXTERNAL).evidence[0]

    assert row.assessor is None


def test_the_lock_comes_first_and_brings_the_databases_clock(ada: Learner, knead: Competency, assessor: User) -> None:
    item = finding(knead, 3)
    with CaptureQueriesContext(connection) as queries:
        row = record_evidence(ada, items=[item], by=assessor).evidence[0]

    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert "cairn_lock_learners" in asked[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s BETWEEN now() AND clock_timestamp()", [row.recorded_at])
        assert cursor.fetchone() == (True,)


def test_recording_costs_the_same_queries_with_much_evidence(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 3, by=assessor)
    item = finding(knead, 3)
    with CaptureQueriesContext(connection) as few:
        record_evidence(ada, items=[item], by=assessor, at=MONDAY)
    for _ in range(20):
        show(ada, knead, 3, by=assessor)
    item = finding(knead, 3)

    with CaptureQueriesContext(connection) as many:
        record_evidence(ada, items=[item], by=assessor, at=MONDAY)

    assert len(many) == len(few)
    assert len(few) <= 19, [query["sql"] for query in few]
