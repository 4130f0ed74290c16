"""What each constraint of competencies says to people when a write breaks it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.database import constraint_sentences as shared

SAME_IDENTIFIER: Final[str | Promise] = _("There is one with this identifier already.")

CONSTRAINTS: Final[Mapping[str, str | Promise]] = {
    "framework_one_per_identifier_and_namesake": SAME_IDENTIFIER,
    "framework_has_an_identifier": shared.IDENTIFIER_NEEDED,
    "framework_has_a_title": shared.TITLE_NEEDED,
    "framework_is_case_1": _("The framework is of CASE 1.0 or 1.1."),
    "proficiency_scale_has_a_title": shared.TITLE_NEEDED,
    "proficiency_level_one_per_rank": _("The scale has a level of this rank already."),
    "proficiency_level_ranks_from_one": _("Ranks of levels count from one."),
    "proficiency_level_has_a_title": shared.TITLE_NEEDED,
    "proficiency_level_stays_once_used": _("This scale is in use, so its levels stay. Make a new scale instead."),
    "framework_credit_has_a_unit": _("Say the credit and its unit, or neither; credit is 0 or more."),
    "competency_one_per_identifier_in_a_framework": SAME_IDENTIFIER,
    "competency_has_an_identifier": shared.IDENTIFIER_NEEDED,
    "competency_revision_numbered_once": shared.SAME_MOMENT,
    "competency_revision_one_current_per_competency": shared.SAME_MOMENT,
    "competency_revision_numbers_from_one": shared.COUNTS_FROM_ONE,
    "association_one_per_identifier_in_a_framework": SAME_IDENTIFIER,
    "association_has_an_identifier": shared.IDENTIFIER_NEEDED,
    "association_has_a_type": _("The type of the association is needed."),
    "association_leads_elsewhere": _("A competency cannot be associated with itself."),
    "association_holds_no_circle": shared.LEADS_BACK,
    "association_equivalence_is_of_a_replacement": _("Only a replacement says how far the two are the same."),
    "association_equivalence_is_known": shared.UNKNOWN_CHOICE,
    "definition_one_per_identifier_in_a_framework": SAME_IDENTIFIER,
    "definition_has_an_identifier": shared.IDENTIFIER_NEEDED,
    "definition_kind_is_known": shared.UNKNOWN_CHOICE,
    "case_import_state_is_known": shared.UNKNOWN_CHOICE,
    "case_import_names_what_it_made": shared.CONTRADICTION,
}
