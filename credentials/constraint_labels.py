"""What each constraint of credentials says to people when a write breaks it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.database import constraint_sentences as shared

CODE_DRAWN_TWICE: Final[str | Promise] = _("This number was given out at the same moment. Try it once more.")
ONE_KEY: Final[str | Promise] = _("The issuer has such a key already.")
SIGNED_ALREADY: Final[str | Promise] = _("This award has such a credential already.")
REPLACED_ALREADY: Final[str | Promise] = _("This credential was replaced already.")
SIGNED_STAYS: Final[str | Promise] = _("What was signed stays as it is. Issue a new credential instead.")

CONSTRAINTS: Final[Mapping[str, str | Promise]] = {
    "credential_code_is_one": CODE_DRAWN_TWICE,
    "credential_code_is_well_formed": shared.CONTRADICTION,
    "issuer_slug_is_one": _("Another issuer has this name in addresses."),
    "issuer_slug_fits_an_address": _("The name in addresses has lower-case letters, digits and hyphens only."),
    "issuer_origin_is_one": _("An address without a path is needed, such as https://credentials.example.org."),
    "issuer_has_a_name": shared.NAME_NEEDED,
    "issuer_key_state_is_known": shared.UNKNOWN_CHOICE,
    "issuer_key_is_ed25519": shared.CONTRADICTION,
    "issuer_key_is_one": ONE_KEY,
    "issuer_key_one_active_per_issuer": ONE_KEY,
    "issuer_key_one_pending_per_issuer": ONE_KEY,
    "issuer_key_private_half_only_while_it_may_sign": shared.CONTRADICTION,
    "issuer_key_times_fit_its_state": shared.CONTRADICTION,
    "issuer_key_only_goes_forward": _("A key that was retired is not used again. Make a new one."),
    "credential_state_is_known": shared.UNKNOWN_CHOICE,
    "credential_reason_is_known": shared.UNKNOWN_CHOICE,
    "credential_one_signed_per_award": SIGNED_ALREADY,
    "credential_one_prepared_per_award": SIGNED_ALREADY,
    "credential_superseded_by_one": REPLACED_ALREADY,
    "credential_replaces_another": shared.CONTRADICTION,
    "credential_name_has_a_digest": shared.CONTRADICTION,
    "credential_signed_with_its_digest": shared.CONTRADICTION,
    "credential_end_is_whole": shared.CONTRADICTION,
    "credential_revoked_by_someone": shared.CONTRADICTION,
    "credential_begins_prepared": shared.CONTRADICTION,
    "credential_replaces_of_its_award": shared.CONTRADICTION,
    "credential_is_of_one_piece": shared.CONTRADICTION,
    "credential_stays_as_prepared": SIGNED_STAYS,
    "credential_only_goes_forward": SIGNED_STAYS,
    "credential_stays_as_signed": SIGNED_STAYS,
    "revocation_body_erased_at_an_instant": shared.CONTRADICTION,
    "transcript_kind_is_known": shared.UNKNOWN_CHOICE,
    "transcript_has_a_digest": shared.CONTRADICTION,
    "transcript_supersedes_another": REPLACED_ALREADY,
    "transcript_erased_at_an_instant": shared.CONTRADICTION,
    "transcript_serial_is_one": CODE_DRAWN_TWICE,
    "transcript_serial_is_well_formed": shared.CONTRADICTION,
    "printing_once_per_facts_and_design": shared.SAME_MOMENT,
    "printing_has_a_digest": shared.CONTRADICTION,
    "grant_item_covers_once": _("The sharing covers this transcript already."),
    "grant_item_follows_where_agreed": shared.CONTRADICTION,
    "grant_item_is_the_grants_own": _("This transcript is not the learner's own, or is not covered by the sharing."),
    "status_list_signed_as_a_whole": shared.CONTRADICTION,
    "status_entry_bit_is_one": shared.SAME_MOMENT,
    "status_entry_bit_is_in_the_list": shared.CONTRADICTION,
}
