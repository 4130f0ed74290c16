"""What each constraint of credentials says to people when a write breaks it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.database import constraint_sentences as shared

CODE_DRAWN_TWICE: Final[str | Promise] = _("This number was given out at the same moment. Try it once more.")
ONE_KEY: Final[str | Promise] = _("The issuer has such a key already.")
SIGNED_ALREADY: Final[str | Promise] = _("This award has such a credential already.")
REPLACED_ALREADY: Final[str | Promise] = _("This document was replaced already. Open the newest one.")
DOCUMENT_MOVED: Final[str | Promise] = _("The document has moved on meanwhile. Load the page again.")
DOCUMENT_STAYS: Final[str | Promise] = _("A document stays as it was made. Issue a new one instead.")

CONSTRAINTS: Final[Mapping[str, str | Promise]] = {
    "issuer_slug_is_one": _("Another issuer has this name in addresses."),
    "issuer_slug_fits_an_address": _("The name in addresses has lower-case letters, digits and hyphens only."),
    "issuer_origin_is_one": _("An address without a path is needed, such as https://credentials.example.org."),
    "issuer_told_exceptions_is_known": shared.UNKNOWN_CHOICE,
    "issuer_has_a_name": shared.NAME_NEEDED,
    "issuer_key_state_is_known": shared.UNKNOWN_CHOICE,
    "issuer_key_is_ed25519": shared.CONTRADICTION,
    "issuer_key_is_one": ONE_KEY,
    "issuer_key_one_active_per_issuer": ONE_KEY,
    "issuer_key_one_pending_per_issuer": ONE_KEY,
    "issuer_key_private_half_only_while_it_may_sign": shared.CONTRADICTION,
    "issuer_key_times_fit_its_state": shared.CONTRADICTION,
    "issuer_key_only_goes_forward": _("A key that was retired is not used again. Make a new one."),
    "document_code_is_one": CODE_DRAWN_TWICE,
    "document_code_is_well_formed": shared.CONTRADICTION,
    "document_kind_is_known": shared.UNKNOWN_CHOICE,
    "document_state_is_known": shared.UNKNOWN_CHOICE,
    "document_reason_is_known": shared.UNKNOWN_CHOICE,
    "document_one_signed_per_award": SIGNED_ALREADY,
    "document_one_prepared_per_award": SIGNED_ALREADY,
    "document_superseded_by_one": REPLACED_ALREADY,
    "document_replaces_another": shared.CONTRADICTION,
    "document_replaces_of_its_kind": shared.CONTRADICTION,
    "document_is_of_one_piece": shared.CONTRADICTION,
    "document_has_an_award_by_its_kind": shared.CONTRADICTION,
    "document_signer_is_whole": shared.CONTRADICTION,
    "document_name_has_a_digest": shared.CONTRADICTION,
    "document_digest_fits_its_state": shared.CONTRADICTION,
    "document_end_is_whole": shared.CONTRADICTION,
    "document_revoked_by_someone": shared.CONTRADICTION,
    "document_erased_at_an_instant": shared.CONTRADICTION,
    "document_begins_prepared_or_stored": shared.CONTRADICTION,
    "document_stays_as_made": DOCUMENT_STAYS,
    "document_stays_as_signed": DOCUMENT_STAYS,
    "document_only_goes_forward": DOCUMENT_MOVED,
    "achievement_definition_has_a_digest": shared.CONTRADICTION,
    "name_comparison_counted_once": shared.SAME_MOMENT,
    "name_comparison_within_its_limit": _("No more names are compared with this document today."),
    "achievement_definition_describes_by_keys": shared.CONTRADICTION,
    "published_image_has_an_address": shared.CONTRADICTION,
    "published_image_is_one": shared.SAME_MOMENT,
    "delivered_file_kind_is_known": shared.UNKNOWN_CHOICE,
    "delivered_file_has_a_digest": shared.CONTRADICTION,
    "delivered_file_is_one": shared.ALREADY_THERE,
    "revocation_body_erased_at_an_instant": shared.CONTRADICTION,
    "printing_once_per_facts_and_design": shared.SAME_MOMENT,
    "printing_has_a_digest": shared.CONTRADICTION,
    "grant_item_covers_once": _("The sharing covers this transcript already."),
    "grant_item_of_a_transcript_in_force": _("This transcript was replaced. Choose the one in force."),
    "grant_item_follows_where_agreed": shared.CONTRADICTION,
    "grant_item_is_the_grants_own": _("This transcript is not the learner's own, or is not covered by the sharing."),
    # Errors of a trigger of earlier migrations; the one of document_* replaced it.
    "credential_begins_prepared": shared.CONTRADICTION,
    "credential_replaces_of_its_award": shared.CONTRADICTION,
    "credential_is_of_one_piece": shared.CONTRADICTION,
    "credential_stays_as_prepared": DOCUMENT_STAYS,
    "credential_stays_as_signed": DOCUMENT_STAYS,
    "credential_only_goes_forward": DOCUMENT_MOVED,
    "status_list_signed_as_a_whole": shared.CONTRADICTION,
    "status_entry_bit_is_one": shared.SAME_MOMENT,
    "status_entry_bit_is_in_the_list": shared.CONTRADICTION,
}
