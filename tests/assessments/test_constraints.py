"""What one row can break is a named constraint: each of the app's is broken here once, past every trigger."""

from collections.abc import Mapping

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from accounts.models import Learner, Organization, User
from assessments.evidence.actions import SourceReference, void_evidence
from assessments.models import SourceKind, VoidReason
from assessments.work.actions.judging import save_judgement_draft
from assessments.work.actions.submissions import add_link, save_words, start_submission, submit_work
from competencies.models import Competency
from tests.assessments.places import FEBRUARY, MONDAY, TUESDAY, show
from tests.assessments.work import hand_in, judge, new_assessment

LONG_AGO = "'2020-01-01T00:00:00Z'"
NEXT = "nextval(pg_get_serial_sequence('{table}', 'id'))"

# What an update of any one row breaks.
CHECKS: Mapping[str, tuple[str, str]] = {
    "rubric_has_a_title": ("rubric", "title = ''"),
    "rubric_revision_numbers_from_one": ("rubricrevision", "number = 0"),
    "criterion_has_a_title": ("criterion", "title = ''"),
    "criterion_level_points_not_negative": ("criterionlevel", "points = -1"),
    "assessment_has_a_title": ("assessment", "title = ''"),
    "assessment_revision_numbers_from_one": ("assessmentrevision", "number = 0"),
    "assessment_revision_kind_is_known": ("assessmentrevision", "kind = 'whim'"),
    "assessment_revision_needs_a_judge": ("assessmentrevision", "judges_needed = 0"),
    "assessment_revision_allows_an_attempt": ("assessmentrevision", "attempts_allowed = 0"),
    "submission_state_is_known": ("submission", "state = 'lost'"),
    "submission_attempts_count_from_one": ("submission", "attempt = 0"),
    "submission_rounds_count_from_one": ("submission", "round = 0"),
    "submission_handed_in_with_its_dates": ("submission", "performed_on = NULL"),
    "submission_judged_at_an_instant": ("submission", "state = 'judged', judged_at = NULL"),
    "submission_dates_are_plausible": ("submission", "performed_on = '0026-03-02', state = 'submitted'"),
    "evidence_dates_are_plausible": ("evidence", "performed_on = '2206-03-02'"),
    "submission_body_erased_is_empty": ("submissionbody", f"erased_at = {LONG_AGO}"),
    "artifact_kind_is_known": ("artifact", "kind = 'roll'"),
    "artifact_digest_is_one": ("artifact", "digest = 'c1:'"),
    "artifact_body_erased_is_empty": ("artifactbody", f"erased_at = {LONG_AGO}"),
    "judgement_rounds_count_from_one": ("judgement", "round = 0"),
    "judgement_outcome_is_known": ("judgement", "outcome = 'shrug'"),
    "judgement_corrections_count_from_one": ("judgement", "revision_number = 0"),
    "judgement_reason_of_a_correction": ("judgement", "reason = 'slip'"),
    "judgement_body_erased_is_empty": ("judgementbody", f"erased_at = {LONG_AGO}"),
    "evidence_level_or_score": ("evidence", "level_id = NULL, score = NULL"),
    "evidence_assessor_unless_external": ("evidence", "assessor_id = NULL"),
    "evidence_basis_is_known": ("evidence", "basis = 'rumour'"),
    "evidence_kind_is_known": ("evidence", "kind = 'whim'"),
    "evidence_setting_is_known": ("evidence", "setting = 'elsewhere'"),
    "evidence_corrections_count_from_one": ("evidence", "revision_number = 0"),
    "evidence_artifacts_are_digests": ("evidence", "artifact_digests = ARRAY['c1:']"),
    "evidence_void_reason_is_known": ("evidencevoid", "reason = 'whim'"),
    "evidence_body_erased_is_empty": ("evidencebody", f"erased_at = {LONG_AGO}"),
    "mastery_policy_has_a_title": ("masterypolicy", "title = ''"),
    "mastery_policy_version_numbers_from_one": ("masterypolicyversion", "number = 0"),
    "policy_assignment_names_one_place": (
        "policyassignment",
        "(framework_id, competency_id) = (SELECT framework_id, id FROM competencies_competency LIMIT 1)",
    ),
    "mastery_state_is_known": ("mastery", "state = 'lost'"),
    "mastery_recommended_is_not_mastered": (
        "mastery",
        "state = 'mastered', mastered_on = now(), recommended_at = now()",
    ),
    "mastery_has_its_day": ("mastery", "state = 'mastered', mastered_on = NULL"),
    "source_system_code_is_one": ("sourcesystem", "code = 'No Code'"),
    "source_system_has_a_title": ("sourcesystem", "title = ''"),
    "evidence_source_kind_is_known": ("evidencesource", "kind = 'rumour'"),
    "evidence_source_id_is_a_digest": ("evidencesource", "id_digest = 'c1:'"),
}
# What a second row breaks that differs from one that is there in these columns only.
TWINS: Mapping[str, tuple[str, dict[str, str]]] = {
    "rubric_revision_numbered_once": ("rubricrevision", {"superseded_at": LONG_AGO}),
    "rubric_revision_one_current_per_rubric": ("rubricrevision", {"number": "number + 1"}),
    "criterion_one_per_place": ("criterion", {}),
    "criterion_level_one_per_level": ("criterionlevel", {}),
    "assessment_revision_numbered_once": ("assessmentrevision", {"superseded_at": LONG_AGO}),
    "assessment_revision_one_current_per_assessment": ("assessmentrevision", {"number": "number + 1"}),
    "submission_attempt_numbered_once": ("submission", {"state": "'withdrawn'"}),
    "submission_one_open_per_assessment": ("submission", {"attempt": "attempt + 1"}),
    "artifact_one_per_place": ("artifact", {}),
    "judgement_draft_one_per_assessor": ("judgementdraft", {}),
    "judgement_corrected_in_turn": ("judgement", {}),
    "judgement_level_one_per_criterion": ("judgementlevel", {}),
    "evidence_corrected_in_turn": ("evidence", {}),
    "mastery_policy_version_numbered_once": ("masterypolicyversion", {}),
    "policy_assignment_one_in_force_per_place": ("policyassignment", {}),
    "mastery_one_per_policy_version": ("mastery", {}),
    "evidence_source_taken_in_once": ("evidencesource", {"evidence_id": "evidence_id + 1"}),
}


@pytest.fixture
def ledger(ada: Learner, grace: Learner, knead: Competency, school: Organization, assessor: User) -> None:
    """A row in every table of the app: work that waits with a link and a draft, work judged, evidence voided."""
    task = new_assessment(knead, organization=school)
    judge(hand_in(ada, task), 3, by=assessor, comments={"": "Fine."})
    waiting = start_submission(grace, assessment=task, at=MONDAY)
    save_words(waiting, text="A roll.")
    add_link(waiting, address="https://example.org/roll", at=MONDAY)
    waiting = submit_work(waiting, performed_on=FEBRUARY, at=MONDAY)
    save_judgement_draft(waiting, by=assessor, entries={}, at=MONDAY)
    source = SourceReference(SourceKind.RECORD, "entry at the oven")
    seen = show(ada, knead, 2, by=assessor, words="Seen.", source=source)
    void_evidence(seen.evidence[0], reason=VoidReason.MISTAKE, by=assessor, at=TUESDAY)


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def refusal_of(table: str, statement: str) -> str:
    """The constraint that refuses the statement, with no trigger before it; empty where it is let through."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            with transaction.atomic():
                cursor.execute(statement)
        except IntegrityError as refused:
            return str(refused.__cause__.diag.constraint_name)  # type: ignore[union-attr]  # psycopg's
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return ""


def twin_of(table: str, changed: Mapping[str, str]) -> str:
    fresh = {"id": NEXT.format(table=table), "public_id": "gen_random_uuid()"}
    values = {name: changed.get(name, fresh.get(name, name)) for name in columns_of(table)}
    return (
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())}"  # noqa: S608 - from TWINS
        f" FROM {table} ORDER BY 1 DESC LIMIT 1"
    )


def test_each_check_refuses(ledger: None) -> None:
    found = {
        name: refusal_of(f"assessments_{table}", f"UPDATE assessments_{table} SET {change}")  # noqa: S608 - from CHECKS
        for name, (table, change) in CHECKS.items()
    }

    assert found == {name: name for name in CHECKS}


def test_no_row_has_a_twin(ledger: None) -> None:
    found = {
        name: refusal_of(f"assessments_{table}", twin_of(f"assessments_{table}", changed))
        for name, (table, changed) in TWINS.items()
    }

    assert found == {name: name for name in TWINS}


def test_no_named_rule_goes_untried() -> None:
    models = apps.get_app_config("assessments").get_models()

    assert {rule.name for model in models for rule in model._meta.constraints} == {*CHECKS, *TWINS}
