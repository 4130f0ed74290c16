"""Each constraint that a form can reach is broken through that form: it answers in words, never with an error 500.

Constraints that no form can reach are listed with the reason, so that a new one is placed here or there.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.actions.learners import create_learner
from accounts.models import Learner, LearnerName, Organization, Role
from competencies.models import Framework
from core.database import constraint_sentences as shared
from core.database.constraint_messages import constraint_labels
from credentials.issuing.actions.issuers import save_issuer
from programs.curriculum.actions.authoring import make_program
from programs.curriculum.admin.versions import ClosingForm
from programs.decisions.actions import record_milestone, save_milestone
from programs.enrollment.actions.cohorts import save_cohort
from tests.contracts.sample import AT
from tests.contracts.test_constraint_labels import of_models, of_triggers
from tests.recipes import institution, make_staff, signed_in_client

# Constraints whose sentence is one of these break only by two people at one moment, by a value that a list of choices
# does not offer (the form refuses it before), or by a fault of ours.
BEFORE_ANY_FORM = {
    shared.CONTRADICTION: "an action writes these columns, or an act takes all of them together",
    shared.SAME_MOMENT: "an action numbers or draws them; only two writers at one moment meet",
    shared.UNKNOWN_CHOICE: "a field of choices refuses any other value",
    shared.COUNTS_FROM_ONE: "an action counts, or the field has a least value",
    shared.NOT_NEGATIVE: "the field has a least value, or an action works it out",
    shared.FROZEN: "no form is offered for what is in use",
    shared.ALREADY_THERE: "an action works the rows out",
    shared.TITLE_NEEDED: "the field is required",
    shared.NAME_NEEDED: "the field is required",
    shared.IDENTIFIER_NEEDED: "a package without one is refused before",
}
NO_FORM: dict[str, str] = {
    "job_attempts_are_limited": "workers count",
    "job_dismissed_gave_up_first": "the verb is offered for failed tasks only",
    "organization_has_a_time_zone": "the field is required",
    "approval_decided_by_another_or_alone_a_day_later": "the action asks before",
    "approval_one_open_per_act_and_subject": "the action asks before",
    "learner_number_has_no_blank_ends": "the field takes blanks off",
    "learner_link_stated_once": "the action asks before",
    "learner_identifier_is_written": "both fields are required, and take blanks off",
    "learner_identifier_ends_after_it_starts": "ends now",
    "learner_name_is_written_on_one_line": "the field folds line ends",
    "mail_token_expires_after_it_is_made": "made by an action",
    "partner_client_ends_after_it_starts": "ends now",
    "sharing_grant_ends_after_it_starts": "the form asks for today or later",
    "sharing_grant_withdrawn_after_it_starts": "withdrawn now",
    "sharing_grant_used_within_its_limit": "counted by an action",
    "sharing_grant_stays_as_given": "no form changes one",
    "name_comparison_within_its_limit": "the action counts before",
    "disclosure_has_a_live_grant": "written by an action that asks before",
    "accounts_learner_user_id_key": "the form asks before",
    "framework_one_per_identifier_and_namesake": "imported",
    "framework_is_case_1": "imported",
    "proficiency_level_one_per_rank": "the action numbers the lines",
    "proficiency_level_ranks_from_one": "the action numbers the lines",
    "proficiency_level_stays_once_used": "no form is offered for a scale in use",
    "competency_one_per_identifier_in_a_framework": "imported",
    "association_one_per_identifier_in_a_framework": "imported",
    "association_has_a_type": "imported",
    "association_leads_elsewhere": "imported; the form of replacements asks before",
    "association_holds_no_circle": "imported; refused before",
    "association_equivalence_is_of_a_replacement": "the form is offered for replacements only",
    "definition_one_per_identifier_in_a_framework": "imported",
    "criterion_level_one_per_level": "the form has one cell for each level",
    "assessment_revision_needs_a_judge": "the field has a least value",
    "assessment_revision_allows_an_attempt": "the field has a least value",
    "submission_one_open_per_assessment": "the action asks before",
    "submission_handed_in_with_its_dates": "the page takes today where no day is typed",
    "work_stays_as_handed_in": "no form is offered for what was handed in",
    "judgement_corrected_in_turn": "the action asks before",
    "judgement_level_one_per_criterion": "the sheet has one field for each criterion",
    "evidence_corrected_in_turn": "the action asks before",
    "evidence_level_or_score": "the sheet asks for levels only",
    "evidence_assessor_unless_external": "an action writes it",
    "policy_assignment_names_one_place": "the form asks for a place by its page",
    "policy_assignment_one_in_force_per_place": "the action ends the one before",
    "source_system_code_is_one": "made by an operator",
    "evidence_source_taken_in_once": "the action asks before",
    "program_has_a_code": "the field is required, and takes blanks off",
    "program_version_one_draft_per_program": "the verb is offered without a draft only",
    "program_version_names_its_unit": "the field is required",
    "program_version_closes_before_it_ends": "the form asks before",
    "program_version_followed_by_another": "an action writes it",
    "version_credit_one_per_competency": "the action replaces the one before",
    "version_policy_one_per_scale": "the action replaces the one before",
    "requirement_exception_names_a_node": "the field is required",
    "requirement_exception_names_what_counts": "the action asks before",
    "requirement_exception_names_a_competency": "the action asks before",
    "requirement_names_a_competency": "each kind has a form with its own fields",
    "requirement_names_a_program": "as above",
    "requirement_names_a_milestone": "as above",
    "requirement_says_how_many": "as above",
    "requirement_says_how_much": "as above",
    "requirement_sharing_of_a_group": "as above",
    "requirement_met_by_of_a_program": "as above",
    "requirement_condition_of_an_if": "as above",
    "requirement_key_is_plain": "an action names it",
    "requirement_tree_has_no_ring": "the page offers places above only",
    "requirement_programs_have_no_ring": "the action asks before",
    "recognition_converts_a_level": "the action asks before",
    "requirement_exception_approved_for_its_batch": "an action writes it",
    "requirement_exception_forced_by_two": "the action asks a second registrar",
    "achievement_one_per_program": "an action makes it",
    "achievement_version_one_draft": "an action makes it",
    "achievement_version_is_of_one_thing": "an action makes it",
    "achievement_version_language_is_a_tag": "a field of choices",
    "achievement_version_valid_for_a_while": "the field has a least value",
    "enrollment_one_open_per_program": "the action asks before",
    "enrollment_ends_after_it_starts": "the order of events is asked before",
    "enrollment_version_of_its_program": "the field offers versions of the program only",
    "enrollment_in_a_published_version": "the verb is offered for versions in force only",
    "enrollment_event_corrects_another": "each event has a verb of its own",
    "enrollment_event_names_a_version": "as above",
    "award_one_standing_per_cycle": "the action asks before",
    "award_one_standing_per_person": "the action asks before",
    "award_follows_the_requirements": "the action asks before",
    "award_valid_for_a_while": "worked out by an action",
    "award_credits_have_a_unit": "an action copies both",
    "award_moves_forward": "the verbs are offered by state",
    "award_ends_once": "as above",
    "award_of_a_published_version": "an action grants",
    "attribution_requirement_is_a_key": "an action writes it",
    "award_concern_open_once_per_cause": "an action writes it",
    "organization_role_stated_once": "an action replaces them",
    "organization_role_one_awards": "as above",
    "program_staff_ends_after_it_starts": "the verbs write the day",
    "program_staff_lifted_after_it_ended": "the verbs write the day",
    "advisor_assignment_ends_after_it_starts": "the verb writes the day",
    "advisor_assignment_dates_are_plausible": "the verbs write the day",
    "issuer_slug_fits_an_address": "the field asks before",
    "issuer_origin_is_one": "a setting, checked at the start",
    "issuer_key_is_one": "made by an action",
    "issuer_key_one_active_per_issuer": "made by an action",
    "issuer_key_one_pending_per_issuer": "the verb is offered without one only",
    "issuer_key_only_goes_forward": "the verbs are offered by state",
    "document_code_is_one": "drawn by an action",
    "document_one_signed_per_award": "made by an action",
    "document_one_prepared_per_award": "made by an action",
    "document_superseded_by_one": "made by an action",
    "document_stays_as_made": "no form changes one",
    "document_stays_as_signed": "no form changes one",
    "document_only_goes_forward": "the verbs are offered by state",
    "credential_stays_as_prepared": "no form changes one",
    "credential_only_goes_forward": "no form changes one",
    "credential_stays_as_signed": "no form changes one",
    "grant_item_covers_once": "the form chooses one transcript",
    "grant_item_of_a_transcript_in_force": "the form offers transcripts in force only",
    "grant_item_is_the_grants_own": "the form offers one's own only",
}


class Desk:
    """A registrar at the desk with one of most things."""

    def __init__(self) -> None:
        self.school = institution.make()
        registrar = make_staff(Role.REGISTRAR)
        self.client = signed_in_client(registrar)
        self.ada: Learner = _learner("L-1", registrar)
        self.grace: Learner = _learner("L-2", registrar)
        self.safety = save_milestone(None, title="Safety", unit="", at=AT)
        self.hours = save_milestone(None, title="Practice", unit="hours", at=AT)
        record_milestone(self.ada, milestone=self.safety, on=AT.date(), by=registrar, at=AT)
        self.program = make_program("BR", title="Bread", organization=self.school, by=None, at=AT)
        self.version = self.program.versions.get()
        save_cohort(None, version=self.version, title="Spring", starts_on=AT.date(), ends_on=None, by=None)
        save_issuer(None, organization=self.school, slug="sample", name="Sample", by=None, at=AT)

    def add(self, model: str, **entered: Any) -> Any:
        return self.client.post(reverse(f"admin:{model}_add"), {"why": "Because.", **entered})

    def change(self, model: str, row: Any, **entered: Any) -> Any:
        return self.client.post(reverse(f"admin:{model}_change", args=[row.pk]), {"why": "Because.", **entered})

    def do(self, verb: str, row: Any, **entered: Any) -> Any:
        return self.client.post(reverse(f"admin:{verb}", args=[row.pk]), {"why": "Because.", **entered})


def _learner(number: str, registrar: Any) -> Learner:
    return create_learner("Ada Byron", learner_number=number, by=registrar, at=AT)


def ring(desk: Desk) -> Any:
    below = Organization.objects.create(
        name="Below", kind="ours", time_zone="UTC", languages=["en"], parent=desk.school
    )
    return desk.change(
        "accounts_organization",
        desk.school,
        name="Lakeside",
        kind="ours",
        time_zone="UTC",
        languages="en",
        parent=below.pk,
    )


def role_twice(desk: Desk) -> Any:
    email = make_staff(Role.ASSESSOR).email
    return desk.add("accounts_roleassignment", email=email, role="assessor")


def advisor_twice(desk: Desk) -> Any:
    entered = {"learner_number": "L-1", "email": make_staff(Role.ADVISOR).email}
    desk.add("accounts_advisorassignment", **entered)
    return desk.add("accounts_advisorassignment", **entered)


def staff_twice(desk: Desk) -> Any:
    entered = {"email": make_staff(Role.CURRICULUM_DESIGNER).email, "program": desk.program.pk}
    desk.add("programs_programstaff", **entered)
    return desk.add("programs_programstaff", **entered)


def identifier_twice(desk: Desk) -> Any:
    entered = {"scheme": "national", "value": "17"}
    desk.do("accounts_learner_new_identifier", desk.ada, **entered)
    return desk.do("accounts_learner_new_identifier", desk.grace, **entered)


def name(desk: Desk, **entered: Any) -> Any:
    return desk.do("accounts_learner_new_name", desk.ada, text="Ada King", **entered)


def chosen_twice(desk: Desk) -> Any:
    name(desk, kind="chosen", starts_on="2020-01-01", ends_on="2021-01-01")
    return name(desk, kind="chosen", starts_on="2020-06-01", ends_on="2020-08-01")


def recognition(desk: Desk, **entered: Any) -> Any:
    plain = {"learner_number": "L-1", "basis": "transfer", "achieved_on": "2026-03-02", "words": ""}
    return desk.add("programs_recognition", **{**plain, **entered})


def reached(desk: Desk, **entered: Any) -> Any:
    plain = {"learner_number": "L-1", "milestone": desk.safety.pk, "reached_on": "2026-03-02"}
    return desk.add("programs_milestonereached", **{**plain, **entered})


def cohort(desk: Desk, **entered: Any) -> Any:
    return desk.add(
        "programs_cohort", **{"version": desk.version.pk, "title": "Autumn", "starts_on": "2026-03-02", **entered}
    )


def closing(_desk: Desk) -> None:
    """The verb is offered for versions in force only; its form is asked here."""
    form = ClosingForm({"closed_to_entry_on": "2206-03-02", "why": "Because."})
    assert list(form.errors) == ["closed_to_entry_on"]


def partner(desk: Desk) -> Any:
    """An organization that has a program does not become a partner."""
    return desk.change(
        "accounts_organization", desk.school, name="Lakeside", kind="partner", time_zone="UTC", languages="en"
    )


def framework_credit(desk: Desk) -> Any:
    client = signed_in_client(make_staff(Role.CURRICULUM_DESIGNER))
    row = Framework.objects.create(source_identifier="b", title="Baking", case_version="1.1", imported_at=AT)
    address = reverse("admin:competencies_framework_credit", args=[row.pk])
    return client.post(address, {"credit": "2", "unit": " ", "why": "Because."})


REACHED: dict[str, Callable[[Desk], Any]] = {
    "organization_one_root_of_ours": lambda desk: desk.add(
        "accounts_organization", name="Second", kind="ours", time_zone="UTC", languages="en"
    ),
    "organization_branches_have_no_ring": ring,
    "organization_branch_is_of_its_kind": lambda desk: desk.add(
        "accounts_organization", name="Acme", kind="partner", time_zone="UTC", languages="en", parent=desk.school.pk
    ),
    "user_email_unique_in_any_case": lambda desk: desk.add(
        "accounts_user", email=make_staff(Role.ASSESSOR).email.upper(), display_name="Twice", language="en"
    ),
    "role_assignment_never_held_twice": role_twice,
    "role_assignment_ends_after_it_starts": lambda desk: desk.add(
        "accounts_roleassignment", email=make_staff(Role.ASSESSOR).email, role="registrar",
        starts_at="2026-03-02T09:00", ends_at="2026-03-01T09:00",
    ),
    "role_assignment_dates_are_plausible": lambda desk: desk.add(
        "accounts_roleassignment", email=make_staff(Role.ASSESSOR).email, role="registrar", starts_at="0026-03-02T09:00"
    ),
    "learner_number_unique": lambda desk: desk.add("accounts_learner", legal_name="Twice", learner_number="L-1"),
    "learner_dates_are_plausible": lambda desk: desk.add("accounts_learner", legal_name="Old", birth_date="0026-03-02"),
    "learner_died_after_birth": lambda desk: desk.change(
        "accounts_learner", desk.ada, learner_number="L-1", birth_date="1990-01-01", deceased_on="1989-01-01"
    ),
    "learner_identifier_names_one_learner": identifier_twice,
    "learner_name_dates_are_plausible": lambda desk: name(desk, kind="legal", starts_on="0026-03-02"),
    "learner_name_ends_after_it_starts": lambda desk: name(
        desk, kind="former", starts_on="2020-01-02", ends_on="2020-01-01"
    ),
    "learner_name_one_open_per_kind": lambda desk: name(desk, kind="legal"),
    "learner_name_legal_ones_do_not_overlap": lambda desk: name(
        desk, kind="legal", starts_on="2020-01-01", ends_on="2019-01-01"
    ),
    "learner_name_chosen_ones_do_not_overlap": chosen_twice,
    "milestone_title_is_one": lambda desk: desk.add("programs_milestone", title="Safety", unit=""),
    "milestone_reached_once": reached,
    "milestone_reached_dates_are_plausible": lambda desk: reached(desk, learner_number="L-2", reached_on="2206-03-02"),
    "milestone_reached_quantity_is_something": lambda desk: reached(desk, milestone=desk.hours.pk, quantity="0"),
    "recognition_brings_something": recognition,
    "recognition_credits_within_the_source": lambda desk: recognition(desk, credits="3", source_credits="2"),
    "recognition_dates_are_plausible": lambda desk: recognition(desk, credits="3", achieved_on="0026-03-02"),
    "recognition_ends_after_it_starts": lambda desk: recognition(desk, credits="3", valid_until="2026-03-01"),
    "recognition_level_is_of_a_competency": lambda desk: recognition(desk, level="1"),
    "recognition_without_level_has_none": lambda desk: recognition(desk, credits="3", without_level="on"),
    "awarding_organization_is_ours": partner,
    "framework_credit_has_a_unit": framework_credit,
    "advisor_assignment_open_once": advisor_twice,
    "program_staff_named_once": staff_twice,
    "program_code_is_one": lambda desk: desk.add(
        "programs_program", code="BR", title="Another", organization=desk.school.pk
    ),
    "program_version_dates_are_plausible": closing,
    "cohort_title_once_per_version": lambda desk: cohort(desk, title="Spring"),
    "cohort_ends_after_it_starts": lambda desk: cohort(desk, ends_on="2026-03-01"),
    "cohort_dates_are_plausible": lambda desk: cohort(desk, starts_on="0026-03-02"),
    "issuer_slug_is_one": lambda desk: desk.add(
        "credentials_issuer", organization=desk.school.pk, slug="sample", name="Twice"
    ),
}  # fmt: skip
# Their forms are on pages that need an enrollment, work or an award; the fields are the same as those above.
BY_THE_SAME_FIELD = {
    "sharing_grant_dates_are_plausible", "submission_dates_are_plausible", "evidence_dates_are_plausible",
    "requirement_exception_dates_are_plausible", "requirement_exception_ends_after_it_starts",
    "enrollment_event_dates_are_plausible", "award_dates_are_plausible", "program_staff_dates_are_plausible",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("constraint", sorted(REACHED))
def test_a_form_answers_in_words(constraint: str) -> None:
    desk = Desk()
    before = {model: model._default_manager.count() for model in (Learner, LearnerName, Organization)}

    answer = REACHED[constraint](desk)

    if answer is None:
        return
    page = answer.content.decode()
    assert answer.status_code in {200, 422}, answer.headers.get("Location")
    assert "notice-error" in page
    assert codes_of(answer) - {"required", "invalid_choice", "invalid"} != set()
    assert constraint not in page
    assert "violat" not in page
    assert Learner.objects.count() == before[Learner]


def codes_of(answer: Any) -> set[str | None]:
    """The codes of what the form says: a field that was left out by mistake would say it is required."""
    page = answer.context
    form = page["adminform"].form if "adminform" in page else page["form"]
    return {error.code for errors in form.errors.as_data().values() for error in errors}


def test_every_constraint_is_reached_or_says_why_not() -> None:
    by_sentence = {name for name, sentence in constraint_labels().items() if sentence in BEFORE_ANY_FORM}
    placed = set(REACHED) | set(NO_FORM) | by_sentence | BY_THE_SAME_FIELD

    assert sorted((of_models() | of_triggers()) - placed) == []
    assert sorted((set(REACHED) | BY_THE_SAME_FIELD) & set(NO_FORM)) == []
