"""Mastery in words: explanations of decisions for learners, and refusals of the desk."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext, pgettext
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
    "none": lambda _: gettext("Nothing judged yet"),
    "below": lambda _: gettext("Not mastered yet"),
    "withdrawn": lambda _: gettext("No longer mastered: evidence that it rested on was voided"),
    "lapsed": lambda _: gettext("Lapsed on %(day)s"),
    "mastered": lambda _: gettext("Mastered since %(since)s"),
    "valid_until": lambda _: gettext("Holds through %(day)s"),
    "best": lambda n: ngettext(
        "%(level)s (%(score)s) in the one piece judged",
        "%(level)s (%(score)s) in the best of %(pieces)s pieces",
        n["pieces"],
    ),
    "best_without_level": lambda n: ngettext(
        "%(score)s in the one piece judged, below every level",
        "%(score)s in the best of %(pieces)s pieces, below every level",
        n["pieces"],
    ),
    "latest": lambda n: ngettext(
        "%(level)s (%(score)s) in the one piece judged",
        "%(level)s (%(score)s) in the latest of %(pieces)s pieces",
        n["pieces"],
    ),
    "latest_without_level": lambda n: ngettext(
        "%(score)s in the one piece judged, below every level",
        "%(score)s in the latest of %(pieces)s pieces, below every level",
        n["pieces"],
    ),
    "pieces_judged": lambda n: ngettext("%(pieces)s piece judged", "%(pieces)s pieces judged", n["pieces"]),
    "average": lambda n: ngettext(
        "%(level)s (%(score)s) in the one piece judged",
        "%(level)s (%(score)s), the mean of %(pieces)s pieces",
        n["pieces"],
    ),
    "average_without_level": lambda n: ngettext(
        "%(score)s in the one piece judged, below every level",
        "%(score)s, the mean of %(pieces)s pieces, below every level",
        n["pieces"],
    ),
    "weighted_average": lambda n: ngettext(
        "%(level)s (%(score)s) in the one piece judged",
        "%(level)s (%(score)s): %(weight)s percent of the latest of %(pieces)s pieces, the rest of the others",
        n["pieces"],
    ),
    "weighted_average_without_level": lambda n: ngettext(
        "%(score)s in the one piece judged, below every level",
        "%(score)s, below every level: %(weight)s percent of the latest of %(pieces)s pieces, the rest of the others",
        n["pieces"],
    ),
    "decaying_average": lambda n: ngettext(
        "%(level)s (%(score)s) in the one piece judged",
        "%(level)s (%(score)s): each of %(pieces)s pieces weighs %(weight)s percent against all before it",
        n["pieces"],
    ),
    "decaying_average_without_level": lambda n: ngettext(
        "%(score)s in the one piece judged, below every level",
        "%(score)s, below every level: each of %(pieces)s pieces weighs %(weight)s percent against all before it",
        n["pieces"],
    ),
    "best_of_last": lambda n: ngettext(
        "%(level)s (%(score)s) in the best piece of the last %(last)s",
        "%(level)s (%(score)s), the mean of the best %(best)s of the last %(last)s pieces",
        n["best"],
    ),
    "best_of_last_without_level": lambda n: ngettext(
        "%(score)s in the best piece of the last %(last)s, below every level",
        "%(score)s, the mean of the best %(best)s of the last %(last)s pieces, below every level",
        n["best"],
    ),
    "points": lambda n: ngettext(
        "%(level)s (%(score)s points) with the one piece judged",
        "%(level)s (%(score)s points) with %(pieces)s pieces",
        n["pieces"],
    ),
    "points_without_level": lambda n: ngettext(
        "%(score)s points with the one piece judged, below every level",
        "%(score)s points with %(pieces)s pieces, below every level",
        n["pieces"],
    ),
    "mean_at_level": lambda _: gettext("%(level)s (%(score)s), the mean of the pieces at the level"),
    "mean_at_level_without_level": lambda _: gettext("%(score)s, the mean of the pieces at the level"),
    "pieces_at_level": lambda n: ngettext(
        "%(have)s of %(needed)s piece at %(level)s or above",
        "%(have)s of %(needed)s pieces at %(level)s or above",
        n["needed"],
    ),
    "pieces_at_level_and_more": lambda n: ngettext(
        "%(have)s piece at %(level)s or above, %(needed)s asked for",
        "%(have)s pieces at %(level)s or above, %(needed)s asked for",
        n["have"],
    ),
    "by_assessors": lambda n: ngettext("by %(count)s assessor", "by %(count)s assessors", n["count"]),
    "latest_on": lambda _: gettext("latest %(day)s"),
    "more_pieces_at_level": lambda n: ngettext(
        "Missing: %(count)s more piece at %(level)s or above",
        "Missing: %(count)s more pieces at %(level)s or above",
        n["count"],
    ),
    "level_asked": lambda _: gettext("Missing: %(level)s, reached at %(score)s"),
    "more_pieces": lambda n: ngettext("Missing: %(count)s more piece", "Missing: %(count)s more pieces", n["count"]),
    "more_assessors": lambda n: ngettext(
        "Missing: %(level)s or above as judged by %(count)s more assessor",
        "Missing: %(level)s or above as judged by %(count)s more assessors",
        n["count"],
    ),
    "validity_over": lambda _: gettext("Missing: a newer piece; the last one was valid through %(day)s"),
    "left_out_not_yet_known": lambda n: ngettext(
        "%(count)s piece does not count: recorded later",
        "%(count)s pieces do not count: recorded later",
        n["count"],
    ),
    "left_out_superseded": lambda n: ngettext(
        "%(count)s earlier version does not count: corrected since",
        "%(count)s earlier versions do not count: corrected since",
        n["count"],
    ),
    "left_out_voided": lambda n: ngettext(
        "%(count)s piece does not count: voided", "%(count)s pieces do not count: voided", n["count"]
    ),
    "left_out_other_scale": lambda n: ngettext(
        "%(count)s piece does not count: judged on another scale",
        "%(count)s pieces do not count: judged on another scale",
        n["count"],
    ),
    "left_out_kind_not_accepted": lambda n: ngettext(
        "%(count)s piece does not count: not a kind of evidence that is accepted here",
        "%(count)s pieces do not count: not kinds of evidence that are accepted here",
        n["count"],
    ),
    "left_out_performed_later": lambda n: ngettext(
        "%(count)s piece does not count yet: the work is dated later",
        "%(count)s pieces do not count yet: the work is dated later",
        n["count"],
    ),
    "left_out_too_old": lambda n: ngettext(
        "%(count)s piece does not count any more: too old",
        "%(count)s pieces do not count any more: too old",
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
