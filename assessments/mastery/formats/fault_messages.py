"""Faults of policies and observations in words, each with its remedy."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext

from core.text.faults import Fault, FaultyError


@dataclass(frozen=True)
class FaultMessage:
    """A fault in words: its place, what is wrong, and the remedy."""

    path: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what} {self.mend}" if self.path else f"{self.what} {self.mend}"


def fault_message(fault: Fault) -> FaultMessage:
    """Return `fault` in the reader's language."""
    what, mend = FAULT_MESSAGES[fault.code]()
    return FaultMessage(fault.path, what % fault.values, mend % fault.values)


FAULT_MESSAGES: dict[str, Callable[[], tuple[str, str]]] = {
    "empty": lambda: (gettext("This is empty."), gettext("Fill it in, or leave it out.")),
    "no_levels": lambda: (gettext("The scale has no levels."), gettext("Give it one level or more.")),
    "too_many_places": lambda: (
        gettext("%(given)s cannot be a threshold."),
        gettext("Scores are compared after rounding: use a number with at most 2 decimal places."),
    ),
    "rank_not_above": lambda: (
        gettext("Rank %(given)s is not above the rank before it."),
        gettext("List the levels from lowest to highest, each with its own rank."),
    ),
    "threshold_not_above": lambda: (
        gettext("The threshold %(given)s is not above the one before it."),
        gettext("A higher level has to ask for a higher score."),
    ),
    "not_on_scale": lambda: (
        gettext("The scale has no level of rank %(given)s."),
        gettext("Choose one of: %(choices)s."),
    ),
    "unknown_method": lambda: (
        gettext("There is no method %(given)s."),
        gettext("Choose one of: %(choices)s."),
    ),
    "times_missing": lambda: (
        gettext("%(method)s needs to know how many times."),
        gettext("Say how many pieces of evidence have to be at the level."),
    ),
    "times_not_used": lambda: (
        gettext("%(method)s does not count times."),
        gettext("Leave this out, or choose n_times."),
    ),
    "weight_missing": lambda: (
        gettext("%(method)s needs to know how much the newest piece of evidence weighs."),
        gettext("Say it in percent, such as 65."),
    ),
    "best_missing": lambda: (
        gettext("%(method)s needs to know how many of the last pieces of evidence count."),
        gettext("Say how many of the best ones."),
    ),
    "last_missing": lambda: (
        gettext("%(method)s needs to know how many of the newest pieces of evidence are looked at."),
        gettext("Say how many."),
    ),
    "best_above_last": lambda: (
        gettext("The best %(given)s of the last %(last)s pieces of evidence can never be found."),
        gettext("Use a number that is not above the number of the last pieces of evidence."),
    ),
    "parameter_not_used": lambda: (gettext("%(method)s does not use this."), gettext("Leave it out.")),
    "range_empty": lambda: (
        gettext("%(given)s is not above %(least)s, so no score could be converted."),
        gettext("Give the lowest and the highest score, the lowest first."),
    ),
    "scale_twice": lambda: (
        gettext("Scores on scale %(given)s are converted twice, or need no conversion."),
        gettext("Name each other scale once."),
    ),
    "weight_not_positive": lambda: (
        gettext("A result cannot weigh %(given)s."),
        gettext("Use a number above 0, or leave it out: then it weighs 1."),
    ),
    "unknown_strength": lambda: (gettext("There is no strength %(given)s."), gettext("Choose one of: %(choices)s.")),
    "own_not_used": lambda: (
        gettext("A rule that completes the competency decides alone."),
        gettext("Leave this out, or choose the strength recommend or log."),
    ),
    "scale_differs": lambda: (
        gettext("This policy is on scale %(given)s, and the rule on scale %(scale)s."),
        gettext("Use one scale for both."),
    ),
    "terms_name_no_child": lambda: (
        gettext("%(given)s is no child of this competency, so its points can never be earned."),
        gettext("Name one of the children: %(choices)s."),
    ),
    "out_of_range": lambda: (
        gettext("%(given)s is out of range."),
        gettext("Use a whole number from %(least)s to %(most)s."),
    ),
    "points_not_used": lambda: (
        gettext("%(method)s asks for every child and counts no points."),
        gettext("Leave this out, or choose points@1."),
    ),
    "points_missing": lambda: (
        gettext("%(method)s needs to know how many points are asked for."),
        gettext("Say how many."),
    ),
    "points_not_positive": lambda: (
        gettext("%(given)s points cannot be asked for."),
        gettext("Use a number above 0 with at most 2 decimal places."),
    ),
    "points_negative": lambda: (
        gettext("A child cannot be worth %(given)s points."),
        gettext("Use 0 or more, with at most 2 decimal places."),
    ),
    "points_out_of_reach": lambda: (
        gettext("%(given)s points are asked for, but all children together are worth %(reachable)s."),
        gettext("Ask for fewer points, or give the children more."),
    ),
    "named_twice": lambda: (gettext("%(given)s is named twice."), gettext("Name each child once.")),
    "level_or_score": lambda: (
        gettext("An observation has either a level or a score."),
        gettext("Give one of the two, not both."),
    ),
    "without_time_zone": lambda: (
        gettext("This instant has no time zone."),
        gettext("Write it in UTC, such as 2026-05-04T09:30:00Z."),
    ),
    "voided_before_recorded": lambda: (
        gettext("It was voided before it was recorded."),
        gettext("Correct one of the two instants."),
    ),
    "rank_not_on_scale": lambda: (
        gettext("Observation %(id)s has level %(given)s, which scale %(scale)s does not have."),
        gettext("Correct the level, or name the scale on which it was assessed."),
    ),
    "same_id_differs": lambda: (
        gettext("Two different observations have id %(given)s."),
        gettext("Give each its own id."),
    ),
    "same_revision_twice": lambda: (
        gettext("Piece %(piece)s has two observations of revision %(revision)s."),
        gettext("Give a correction the next revision."),
    ),
    "same_child_differs": lambda: (
        gettext("The child %(given)s is given twice, differently."),
        gettext("Give each child once."),
    ),
    "not_utf8": lambda: (
        gettext("Line %(line)s, column %(column)s: this is not UTF-8."),
        gettext("Save the file as UTF-8 text."),
    ),
    "not_json": lambda: (
        gettext("Line %(line)s, column %(column)s: this is not JSON (%(why)s)."),
        gettext("Look at that place and just before it."),
    ),
    "too_deep": lambda: (gettext("This is nested too deeply."), gettext("Use fewer levels.")),
    "half_a_character": lambda: (
        gettext("A \\u escape stands for half a character."),
        gettext("Write the character itself, or both halves."),
    ),
    "member_twice": lambda: (gettext("The member “%(given)s” is given twice."), gettext("Keep one of the two.")),
    "not_a_number": lambda: (gettext("%(given)s is not JSON."), gettext("Write numbers that exist.")),
    "integer_too_long": lambda: (gettext("%(given)s is too long a number."), gettext("Use a smaller one.")),
    "member_unknown": lambda: (
        gettext("The member “%(given)s” is not known here."),
        gettext("Known are: %(choices)s."),
    ),
    "member_misspelt": lambda: (
        gettext("The member “%(given)s” is not known here."),
        gettext("Did you mean “%(near)s”?"),
    ),
    "member_missing": lambda: (gettext("The member “%(given)s” is missing."), gettext("Add it.")),
    "object_expected": lambda: (
        gettext("%(given)s is not an object."),
        gettext("Write members between braces: { … }."),
    ),
    "list_expected": lambda: (gettext("%(given)s is not a list."), gettext("Write items between brackets: [ … ].")),
    "text_expected": lambda: (gettext("%(given)s is not text."), gettext("Write it between double quotes.")),
    "whole_expected": lambda: (gettext("%(given)s is not a whole number."), gettext("Write one, without quotes.")),
    "flag_expected": lambda: (gettext("%(given)s is neither true nor false."), gettext("Write one of the two.")),
    "date_expected": lambda: (
        gettext("%(given)s is not a date from 1900 to 2999."),
        gettext('Write it as text, such as "2026-05-04".'),
    ),
    "instant_expected": lambda: (
        gettext("%(given)s is not an instant with its time zone from 1900 to 2999."),
        gettext('Write it as text, such as "2026-05-04T09:30:00Z".'),
    ),
    "number_expected": lambda: (
        gettext("%(given)s is not a decimal number as text."),
        gettext('Write it between double quotes, such as "2.68", so that it stays exact.'),
    ),
    "exact_expected": lambda: (
        gettext("%(given)s is not a decimal number or fraction as text."),
        gettext('Write it between double quotes, such as "2.675" or "8/3", so that it stays exact.'),
    ),
    "unit_expected": lambda: (gettext("There is no unit %(given)s."), gettext("Choose one of: %(choices)s.")),
}


def faults_in_words(refusal: FaultyError) -> str:
    """Everything that is wrong, each with how to mend it."""
    return " ".join(str(fault_message(fault)) for fault in refusal.faults)
