"""The guards of the ledger, broken one by one: no way leads past them (invariants 1, 7 and 19)."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Learner, Organization, User
from assessments.evidence.actions import void_evidence
from assessments.models import VoidReason
from assessments.work.actions.erasing import erase_content
from competencies.models import Competency
from tests.assessments.places import MONDAY, TUESDAY, show
from tests.assessments.work import hand_in, judge, new_assessment

BODIES = ("assessments_evidencebody", "assessments_judgementbody", "assessments_submissionbody")


@pytest.fixture
def ledger(ada: Learner, knead: Competency, school: Organization, assessor: User) -> Learner:
    """A learner with rows in every table of the ledger."""
    work = hand_in(ada, new_assessment(knead, organization=school))
    judge(work, 3, by=assessor, comments={"": "Fine."})
    row = show(ada, knead, 2, by=assessor, words="Seen.").evidence[0]
    void_evidence(row, reason=VoidReason.MISTAKE, by=assessor, at=TUESDAY)
    return ada


def refuse(statement: str, words: str) -> None:
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match=words), transaction.atomic():
        cursor.execute(statement)


@pytest.mark.parametrize("table", BODIES)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {table} SET content = to_jsonb('other'::text)::{type}",
        "UPDATE {table} SET content = NULL",
        "UPDATE {table} SET content = NULL, erased_at = now(), salt = decode('00', 'hex')",
        "DELETE FROM {table}",
    ],
)
def test_words_are_erased_or_stay(ledger: Learner, table: str, change: str) -> None:
    kind = "jsonb" if "judgement" in table else "text"

    refuse(change.format(table=table, type=kind), "erased or stay")


@pytest.mark.parametrize("table", BODIES[:2])
def test_words_are_not_emptied_all_at_once(ledger: Learner, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    refuse(f"TRUNCATE {table} CASCADE", "only grows")


@pytest.mark.parametrize("table", BODIES)
def test_what_is_erased_never_comes_back(ledger: Learner, table: str) -> None:
    erase_content(ledger, at=TUESDAY)

    for change in ("UPDATE {} SET content = NULL, erased_at = now()", "UPDATE {} SET erased_at = NULL"):
        refuse(change.format(table), "erased or stay")


COPY = """
    INSERT INTO assessments_evidence (learner_id, public_id, competency_id, competency_revision_id, scale_id, level_id,
        score, performed_on, recorded_at, assessor_id, basis, kind, setting, artifact_digests, piece, revision_number)
    SELECT learner_id, gen_random_uuid(), competency_id, competency_revision_id, scale_id, {level},
        {score}, performed_on, recorded_at, {assessor}, {basis}, {kind}, {setting}, {digests}, {piece}, {number}
    FROM assessments_evidence ORDER BY id LIMIT 1
"""
AS_IT_IS = {
    "level": "level_id",
    "score": "NULL",
    "assessor": "assessor_id",
    "basis": "basis",
    "kind": "kind",
    "setting": "setting",
    "digests": "artifact_digests",
    "piece": "gen_random_uuid()",
    "number": "1",
}


def test_an_honest_copy_is_taken(ledger: Learner) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COPY.format(**AS_IT_IS))


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"score": "3"}, "evidence_level_or_score"),
        ({"level": "NULL"}, "evidence_level_or_score"),
        ({"assessor": "NULL"}, "evidence_assessor_unless_external"),
        ({"basis": "'external'"}, "evidence_assessor_unless_external"),
        ({"basis": "'hearsay'"}, "evidence_basis_is_known"),
        ({"kind": "'Ada Lovelace'"}, "evidence_kind_is_known"),
        ({"setting": "'at home'"}, "evidence_setting_is_known"),
        ({"digests": "ARRAY['my essay']"}, "evidence_artifacts_are_digests"),
        ({"piece": "piece"}, "evidence_corrected_in_turn"),
        ({"number": "0"}, "evidence_corrections_count_from_one"),
    ],
)
def test_the_ledger_takes_nothing_that_contradicts_itself(
    ledger: Learner, wrong: dict[str, str], constraint: str
) -> None:
    refuse(COPY.format(**AS_IT_IS | wrong), constraint)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE assessments_mastery SET state = 'brilliant'", "mastery_state_is_known"),
        ("UPDATE assessments_mastery SET state = 'mastered', mastered_on = NULL", "mastery_has_its_day"),
        ("UPDATE assessments_sourcesystem SET code = 'Mail of Ada'", "source_system_code_is_one"),
        ("UPDATE assessments_submission SET state = 'lost'", "submission_state_is_known"),
        ("UPDATE assessments_submission SET performed_on = NULL", "submission_handed_in_with_its_dates"),
        ("UPDATE assessments_submission SET judged_at = NULL", "submission_judged_at_an_instant"),
        (
            """
            INSERT INTO assessments_mastery SELECT nextval('assessments_mastery_id_seq'), state, level, score,
                mastered_on, valid_until, ended_on, holds_until, digest, decided_at, competency_id, learner_id,
                policy_version_id
            FROM assessments_mastery
            """,
            "mastery_one_per_policy_version",
        ),
    ],
)
def test_other_rows_hold_what_they_say(ledger: Learner, statement: str, constraint: str) -> None:
    refuse(statement, constraint)


SOURCE = """
    INSERT INTO assessments_evidencesource
        (evidence_id, learner_id, system_id, kind, id_digest, competency_id, revision_number)
    SELECT (SELECT max(id) FROM assessments_evidence), learner_id, system_id, kind, {digest}, competency_id,
        revision_number
    FROM assessments_evidencesource ORDER BY id LIMIT 1
"""


def test_a_source_is_a_digest_and_comes_once(ledger: Learner) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COPY.format(**AS_IT_IS))
    for digest, constraint in (("'ada@school.example'", "is_a_digest"), ("id_digest", "taken_in_once")):
        refuse(SOURCE.format(digest=digest), constraint)


def test_a_learner_has_one_open_work_of_a_revision(ada: Learner, knead: Competency, school: Organization) -> None:
    hand_in(ada, new_assessment(knead, organization=school), at=MONDAY)

    refuse(
        "INSERT INTO assessments_submission (learner_id, public_id, assessment_revision_id, attempt, round, state,"
        " started_at) SELECT learner_id, gen_random_uuid(), assessment_revision_id, 2, 1, 'draft', started_at"
        " FROM assessments_submission",
        "submission_one_open_per_assessment",
    )
