"""What each constraint of accounts says to people when a write breaks it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.database import constraint_sentences as shared

NAME_OVERLAPS: Final[str | Promise] = _("There is another name of this kind on some of these days.")

CONSTRAINTS: Final[Mapping[str, str | Promise]] = {
    "organization_one_root_of_ours": _("There is already a root organization; make this one a branch of it."),
    "organization_kind_is_known": shared.UNKNOWN_CHOICE,
    "organization_has_a_name": shared.NAME_NEEDED,
    "organization_has_a_time_zone": _("A time zone is needed, such as Europe/Berlin."),
    "organization_branches_have_no_ring": shared.LEADS_BACK,
    "organization_branch_is_of_its_kind": _("A branch belongs to the same kind of organization as the one above it."),
    "user_email_unique_in_any_case": _("There is already an account with this e-mail."),
    "role_assignment_dates_are_plausible": shared.DATES_IMPLAUSIBLE,
    "role_assignment_role_is_known": shared.UNKNOWN_CHOICE,
    "role_assignment_ends_after_it_starts": shared.ENDS_BEFORE_START,
    "role_assignment_never_held_twice": _("This person already holds this role there in that time."),
    "advisor_assignment_dates_are_plausible": shared.DATES_IMPLAUSIBLE,
    "advisor_assignment_open_once": _("This person advises this learner already."),
    "advisor_assignment_ends_after_it_starts": shared.ENDS_BEFORE_START,
    "approval_act_is_known": shared.UNKNOWN_CHOICE,
    "approval_subject_kind_is_known": shared.UNKNOWN_CHOICE,
    "approval_role_is_known": shared.UNKNOWN_CHOICE,
    "approval_digest_is_one": shared.CONTRADICTION,
    "approval_decision_is_whole": shared.CONTRADICTION,
    "approval_decided_by_another_or_alone_a_day_later": _(
        "Somebody else decides, or, where there is only one person, the same person a day later."
    ),
    "approval_one_open_per_act_and_subject": _("Approval for this was asked for already and waits for its decision."),
    "learner_dates_are_plausible": shared.DATES_IMPLAUSIBLE,
    "learner_number_unique": _("Another learner has this number."),
    "learner_number_has_no_blank_ends": _("A learner number is needed, without blanks at its ends."),
    "learner_died_after_birth": _("The date of death lies before the date of birth."),
    "learner_same_as_is_lower": shared.CONTRADICTION,
    "learner_same_as_is_one_step": shared.CONTRADICTION,
    "accounts_learner_user_id_key": _("This account is another learner's."),
    "learner_identifier_names_one_learner": _("This identifier already names a learner."),
    "learner_identifier_is_written": _("The scheme and the identifier are needed, without blanks at their ends."),
    "learner_identifier_ends_after_it_starts": shared.ENDS_BEFORE_START,
    "learner_link_lower_record_first": shared.CONTRADICTION,
    "learner_link_stated_once": _("These two records are linked already."),
    "learner_link_parted_by_someone": shared.CONTRADICTION,
    "mail_token_is_one_of_its_kind": shared.SAME_MOMENT,
    "mail_token_is_stored_as_a_digest": shared.CONTRADICTION,
    "mail_token_purpose_is_known": shared.UNKNOWN_CHOICE,
    "mail_token_expires_after_it_is_made": shared.ENDS_BEFORE_START,
    "mail_token_is_used_while_it_lasts": shared.CONTRADICTION,
    "learner_name_dates_are_plausible": shared.DATES_IMPLAUSIBLE,
    "learner_name_kind_is_known": shared.UNKNOWN_CHOICE,
    "learner_name_is_written_on_one_line": _("A name is one line without blanks at its ends."),
    "learner_name_ends_after_it_starts": _("The last day lies before the first."),
    "learner_name_one_open_per_kind": _("There is already such a name without an end."),
    "learner_name_legal_ones_do_not_overlap": NAME_OVERLAPS,
    "learner_name_chosen_ones_do_not_overlap": NAME_OVERLAPS,
    "partner_client_acts_for_itself": shared.CONTRADICTION,
    "partner_client_secret_is_hashed": shared.CONTRADICTION,
    "partner_client_ends_after_it_starts": shared.ENDS_BEFORE_START,
    "sharing_grant_dates_are_plausible": shared.DATES_IMPLAUSIBLE,
    "sharing_grant_purpose_is_known": shared.UNKNOWN_CHOICE,
    "sharing_grant_has_proof_of_consent": shared.CONTRADICTION,
    "sharing_grant_ends_after_it_starts": shared.ENDS_BEFORE_START,
    "sharing_grant_withdrawn_after_it_starts": shared.ENDS_BEFORE_START,
    "sharing_grant_used_within_its_limit": _("This link was opened as often as it may be."),
    "sharing_grant_stays_as_given": _("A sharing stays as it was agreed. Withdraw it, and share again."),
    "sharing_link_token_unique": shared.SAME_MOMENT,
    "sharing_link_token_is_hashed": shared.CONTRADICTION,
    "disclosure_act_is_known": shared.UNKNOWN_CHOICE,
    "disclosure_subject_kind_is_known": shared.UNKNOWN_CHOICE,
    "disclosure_digest_is_one": shared.CONTRADICTION,
    "disclosure_client_has_a_partner": shared.CONTRADICTION,
    "disclosure_has_a_live_grant": _("This is not shared any more, or not with this reader."),
}
