"""Mastery in words: explanations of decisions for learners, and refusals of the desk."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.errors import ApprovalMissingError
from assessments import labels
from assessments.mastery.formats.fault_messages import faults_in_words
from assessments.mastery.rules.explanations import Explanation, ExplanationPart, Value
from assessments.mastery.rules.faults import PolicyError
from core.text.strict_json import FormatError

Counts = Mapping[str, int]


def explanation_in_words(explanation: Explanation, *, on: date) -> list[str]:
    """Return the explanation as lines: the state, the evidence in one line, what is missing, and what does not count.

    `on` is the day of the reader; dates of that year are written without the year.
    """
    evidence = pgettext("between parts of one sentence", ", ").join(
        in_words(part, on=on) for part in explanation.evidence
    )
    others = (*explanation.missing, *explanation.left_out)
    lines = [
        *(in_words(part, on=on) for part in explanation.state),
        evidence,
        *(in_words(part, on=on) for part in others),
    ]
    return [line for line in lines if line]


def in_words(part: ExplanationPart, *, on: date) -> str:
    """Return one part of an explanation in the reader's language."""
    texts = {name: _formatted(value, on) for name, value in part.values.items()}
    counts = {name: value for name, value in part.values.items() if isinstance(value, int)}
    return PHRASES[part.code](counts) % texts


def _formatted(value: Value, on: date) -> str:
    """Return a value as text in the reader's language."""
    if isinstance(value, date):
        same_year = pgettext("date within the year", "j F")
        return date_format(value, same_year if value.year == on.year else pgettext("date with its year", "j F Y"))
    return number_format(value) if isinstance(value, int | Decimal) else value


# One phrase for each code. They are functions, because the language is known only when a page is made.
PHRASES: dict[str, Callable[[Counts], str]] = {
    "none": lambda _: gettext("Nothing assessed yet"),
    "below": lambda _: gettext("Not mastered yet"),
    "withdrawn": lambda _: gettext("No longer mastered: evidence that it rested on was voided"),
    "lapsed": lambda _: gettext("Lapsed on %(day)s"),
    "mastered": lambda _: gettext("Mastered since %(since)s"),
    "valid_until": lambda _: gettext("Valid through %(day)s"),
    "best": lambda n: npgettext(
        "best",
        "%(level)s (%(score)s) in the one piece of evidence assessed",
        "%(level)s (%(score)s) in the best of %(pieces)s pieces of evidence",
        n["pieces"],
    ),
    "best_without_level": lambda n: npgettext(
        "best_without_level",
        "%(score)s in the one piece of evidence assessed, below every level",
        "%(score)s in the best of %(pieces)s pieces of evidence, below every level",
        n["pieces"],
    ),
    "latest": lambda n: npgettext(
        "latest",
        "%(level)s (%(score)s) in the one piece of evidence assessed",
        "%(level)s (%(score)s) in the latest of %(pieces)s pieces of evidence",
        n["pieces"],
    ),
    "latest_without_level": lambda n: npgettext(
        "latest_without_level",
        "%(score)s in the one piece of evidence assessed, below every level",
        "%(score)s in the latest of %(pieces)s pieces of evidence, below every level",
        n["pieces"],
    ),
    "pieces_judged": lambda n: ngettext(
        "%(pieces)s piece of evidence assessed", "%(pieces)s pieces of evidence assessed", n["pieces"]
    ),
    "average": lambda n: npgettext(
        "average",
        "%(level)s (%(score)s) in the one piece of evidence assessed",
        "%(level)s (%(score)s), the mean of %(pieces)s pieces of evidence",
        n["pieces"],
    ),
    "average_without_level": lambda n: npgettext(
        "average_without_level",
        "%(score)s in the one piece of evidence assessed, below every level",
        "%(score)s, the mean of %(pieces)s pieces of evidence, below every level",
        n["pieces"],
    ),
    "weighted_average": lambda n: npgettext(
        "weighted_average",
        "%(level)s (%(score)s) in the one piece of evidence assessed",
        "%(level)s (%(score)s): %(weight)s percent of the latest of %(pieces)s pieces of evidence, the rest of the "
        "others",
        n["pieces"],
    ),
    "weighted_average_without_level": lambda n: npgettext(
        "weighted_average_without_level",
        "%(score)s in the one piece of evidence assessed, below every level",
        "%(score)s, below every level: %(weight)s percent of the latest of %(pieces)s pieces of evidence, the rest "
        "of the others",
        n["pieces"],
    ),
    "decaying_average": lambda n: npgettext(
        "decaying_average",
        "%(level)s (%(score)s) in the one piece of evidence assessed",
        "%(level)s (%(score)s): each of %(pieces)s pieces of evidence weighs %(weight)s percent against all before it",
        n["pieces"],
    ),
    "decaying_average_without_level": lambda n: npgettext(
        "decaying_average_without_level",
        "%(score)s in the one piece of evidence assessed, below every level",
        "%(score)s, below every level: each of %(pieces)s pieces of evidence weighs %(weight)s percent against all "
        "before it",
        n["pieces"],
    ),
    "best_of_last": lambda n: npgettext(
        "best_of_last",
        "%(level)s (%(score)s) in the best piece of evidence of the last %(last)s",
        "%(level)s (%(score)s), the mean of the best %(best)s of the last %(last)s pieces of evidence",
        n["best"],
    ),
    "best_of_last_without_level": lambda n: npgettext(
        "best_of_last_without_level",
        "%(score)s in the best piece of evidence of the last %(last)s, below every level",
        "%(score)s, the mean of the best %(best)s of the last %(last)s pieces of evidence, below every level",
        n["best"],
    ),
    "points": lambda n: npgettext(
        "points",
        "%(level)s (%(score)s points) with the one piece of evidence assessed",
        "%(level)s (%(score)s points) with %(pieces)s pieces of evidence",
        n["pieces"],
    ),
    "points_without_level": lambda n: npgettext(
        "points_without_level",
        "%(score)s points with the one piece of evidence assessed, below every level",
        "%(score)s points with %(pieces)s pieces of evidence, below every level",
        n["pieces"],
    ),
    "mean_at_level": lambda _: gettext("%(level)s (%(score)s), the mean of the pieces of evidence at the level"),
    "mean_at_level_without_level": lambda _: gettext("%(score)s, the mean of the pieces of evidence at the level"),
    "pieces_at_level": lambda n: ngettext(
        "%(have)s of %(needed)s piece of evidence at %(level)s or above",
        "%(have)s of %(needed)s pieces of evidence at %(level)s or above",
        n["needed"],
    ),
    "pieces_at_level_and_more": lambda n: ngettext(
        "%(have)s piece of evidence at %(level)s or above, %(needed)s asked for",
        "%(have)s pieces of evidence at %(level)s or above, %(needed)s asked for",
        n["have"],
    ),
    "by_assessors": lambda n: ngettext("by %(count)s assessor", "by %(count)s assessors", n["count"]),
    "latest_on": lambda _: gettext("latest %(day)s"),
    "more_pieces_at_level": lambda n: ngettext(
        "Missing: %(count)s more piece of evidence at %(level)s or above",
        "Missing: %(count)s more pieces of evidence at %(level)s or above",
        n["count"],
    ),
    "level_asked": lambda _: gettext("Missing: %(level)s, reached at %(score)s"),
    "more_pieces": lambda n: ngettext(
        "Missing: %(count)s more piece of evidence", "Missing: %(count)s more pieces of evidence", n["count"]
    ),
    "more_assessors": lambda n: ngettext(
        "Missing: %(level)s or above as assessed by %(count)s more assessor",
        "Missing: %(level)s or above as assessed by %(count)s more assessors",
        n["count"],
    ),
    "validity_over": lambda _: gettext("Missing: a newer piece of evidence; the last one was valid through %(day)s"),
    "left_out_not_yet_known": lambda n: ngettext(
        "%(count)s piece of evidence does not count: recorded later",
        "%(count)s pieces of evidence do not count: recorded later",
        n["count"],
    ),
    "left_out_superseded": lambda n: ngettext(
        "%(count)s earlier version does not count: corrected since",
        "%(count)s earlier versions do not count: corrected since",
        n["count"],
    ),
    "left_out_voided": lambda n: ngettext(
        "%(count)s piece of evidence does not count: voided",
        "%(count)s pieces of evidence do not count: voided",
        n["count"],
    ),
    "left_out_other_scale": lambda n: ngettext(
        "%(count)s piece of evidence does not count: assessed on another scale",
        "%(count)s pieces of evidence do not count: assessed on another scale",
        n["count"],
    ),
    "left_out_kind_not_accepted": lambda n: ngettext(
        "%(count)s piece of evidence does not count: not a kind of evidence that is accepted here",
        "%(count)s pieces of evidence do not count: not kinds of evidence that are accepted here",
        n["count"],
    ),
    "left_out_performed_later": lambda n: ngettext(
        "%(count)s piece of evidence does not count yet: the work is dated later",
        "%(count)s pieces of evidence do not count yet: the work is dated later",
        n["count"],
    ),
    "left_out_too_old": lambda n: ngettext(
        "%(count)s piece of evidence does not count any more: too old",
        "%(count)s pieces of evidence do not count any more: too old",
        n["count"],
    ),
    "children_mastered": lambda n: ngettext(
        "%(have)s of %(needed)s competency mastered", "%(have)s of %(needed)s competencies mastered", n["needed"]
    ),
    "points_earned": lambda _: gettext("%(have)s of %(needed)s points"),
    "rule_logged": lambda _: gettext("they meet the rule, which is noted and decides nothing"),
    "rule_recommended": lambda _: gettext("they meet the rule: recommended for review"),
    "child_not_mastered": lambda _: gettext("Missing: %(name)s"),
    "child_lapsed": lambda _: gettext("Missing: %(name)s, which has lapsed"),
    "child_withdrawn": lambda _: gettext("Missing: %(name)s, which was withdrawn"),
    "child_gone": lambda _: gettext("Missing: %(name)s, which is no part of this competency any more"),
}


REFUSALS: Mapping[type[Exception], Any] = {
    **labels.REFUSALS,
    ApprovalMissingError: _("This replaces a policy that has decided something: ask for an approval first."),
    FormatError: faults_in_words,
    PolicyError: faults_in_words,
}
