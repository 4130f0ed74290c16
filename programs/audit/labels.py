"""Texts for audits: faults of a tree, refusals, next steps, and reasons why an attainment does not count."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.utils.formats import date_format
from django.utils.translation import gettext

from assessments.mastery.formats.fault_messages import FAULT_MESSAGES
from programs.audit.rules.completion.eligibility import Reason
from programs.audit.rules.completion.problem import Rule
from programs.audit.rules.errors import AuditRefusedError
from programs.audit.rules.facts import FactValue
from programs.audit.rules.known_facts import KNOWN_FACTS, FactKind, FactName, is_value_of
from programs.audit.rules.report_rows import Missing
from programs.audit.rules.requirements import Condition, Operator
from programs.rules.attainments import Basis

NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class FaultMessage:
    """The text of a fault: where it is, what is wrong, and how to mend it."""

    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.where}:" if self.where else "", self.what, self.mend) if part)


def fault_message(where: str, code: str, values: Mapping[str, str]) -> FaultMessage:
    """Return the text of a fault of a tree or document, in the current language."""
    what, mend = (WORDS.get(code) or FAULT_MESSAGES[code])()
    return FaultMessage(where, what % values, mend % values)


def refusal_in_words(error: AuditRefusedError) -> FaultMessage:
    """Return the text of why an audit is refused."""
    where = error.values.get("node") or error.values.get("attainment") or error.values.get("piece") or ""
    return fault_message(where, error.code, error.values)


def step_in_words(missing: Missing, *, title: str, amount: str) -> str:
    """Return the text of a next step; `title` is of the requirement, `amount` are its credits as text."""
    return STEPS[missing]() % {"title": title, "amount": amount}


def reason_in_words(reason: Reason) -> str:
    """Return the text of why an attainment does not count."""
    return REASONS[reason]()


def rule_in_words(rule: Rule, *, title: str) -> str:
    """Return the text of a rule that blocks; `title` is of its requirement."""
    return RULES[rule.kind]() % {"title": title, "basis": BASES[rule.detail]() if rule.detail in BASES else ""}


STEPS: dict[Missing, Callable[[], str]] = {
    Missing.COMPETENCY: lambda: gettext("Demonstrate “%(title)s”"),
    Missing.PIECES: lambda: gettext("Add more pieces of study to %(title)s"),
    Missing.LEVEL: lambda: gettext("Reach the level asked for in %(title)s"),
    Missing.CREDITS: lambda: gettext("Earn more credits in %(title)s (%(amount)s)"),
    Missing.CREDITS_HERE: lambda: gettext("Earn more credits here in %(title)s (%(amount)s)"),
    Missing.MILESTONE: lambda: gettext("Reach %(title)s"),
    Missing.QUANTITY: lambda: gettext("Add to %(title)s"),
    Missing.PROGRAM: lambda: gettext("Complete %(title)s"),
    Missing.AWARD: lambda: gettext("Wait for the award of %(title)s"),
}

REASONS: dict[Reason, Callable[[], str]] = {
    Reason.LEVEL: lambda: gettext("the level is too low"),
    Reason.NO_LEVEL: lambda: gettext("it has no level, and one is asked for"),
    Reason.SCALE: lambda: gettext("its level is on another scale, and no conversion is stated"),
    Reason.EXCLUDED: lambda: gettext("it is excluded here"),
    Reason.AGE: lambda: gettext("it is too old"),
    Reason.UNDATED: lambda: gettext("it has no date, and only recent work counts"),
    Reason.LAPSED: lambda: gettext("it has lapsed"),
    Reason.NOT_YET: lambda: gettext("it is not achieved yet"),
    Reason.POLICY: lambda: gettext("it was decided by another policy"),
    Reason.WITHOUT_CREDITS: lambda: gettext("it is worth no credits"),
    Reason.UNASKED: lambda: gettext("nothing in this program asks for it"),
    Reason.NOT_NEEDED: lambda: gettext("it is not needed"),
    Reason.COUNTED: lambda: gettext("the same study counts already, by another record"),
    Reason.IN_ANOTHER_PART: lambda: gettext("it counts in another part, and it may count in one part only"),
    Reason.SHARED_ENOUGH: lambda: gettext("two parts share as much as they may already"),
    Reason.CAPPED: lambda: gettext("only so much of its kind may count, and that much counts already"),
}

RULES: dict[str, Callable[[], str]] = {
    "need": lambda: gettext("%(title)s is asked for"),
    "min_credits": lambda: gettext("%(title)s asks for a minimum of credits"),
    "earned_here": lambda: gettext("%(title)s asks for credits earned here"),
    "max_source": lambda: gettext("%(title)s takes only so many credits by %(basis)s"),
    "award": lambda: gettext("%(title)s has to be awarded"),
    "min_pieces": lambda: gettext("%(title)s asks for a number of different pieces of study"),
    "max_listed": lambda: gettext("%(title)s takes only so much of some competencies"),
    "exclusive": lambda: gettext("a piece of study counts in one part of %(title)s only"),
    "share_cap": lambda: gettext("two parts of %(title)s may share only so much"),
}

BASES: dict[str, Callable[[], str]] = {
    Basis.ASSESSED_HERE: lambda: gettext("assessment here"),
    Basis.PRIOR_LEARNING: lambda: gettext("recognized prior learning"),
    Basis.TRANSFER: lambda: gettext("transfer"),
    Basis.EXTERNAL: lambda: gettext("outside credentials"),
}

FACTS: dict[str, Callable[[], str]] = {
    FactName.ADMITTED_ON: lambda: gettext("day of admission"),
    FactName.COHORT: lambda: gettext("cohort"),
    FactName.COHORT_STARTS_ON: lambda: gettext("first day of the cohort"),
    FactName.PLACE_OF_STUDY: lambda: gettext("place of study"),
}


def condition_in_words(condition: Condition, names: Mapping[str, str] = NO_NAMES) -> str:
    """Return a condition as a clause; `names` are titles of values that are ids."""
    values = [_value_in_words(condition, value, names) for value in condition.values]
    words = {"fact": FACTS[condition.fact]() if condition.fact in FACTS else condition.fact, "value": values[0]}
    if condition.operator is Operator.AT_LEAST:
        return gettext("%(fact)s is %(value)s or later") % words
    if len(values) == 1:
        return gettext("%(fact)s is %(value)s") % words
    return gettext("%(fact)s is one of: %(values)s") % {**words, "values": ", ".join(values)}


def applied_condition_in_words(  # noqa: PLR0913 - what one sentence is made from, by name
    condition: Condition,
    *,
    value: FactValue | None,
    holds: bool,
    part: str,
    other: str,
    names: Mapping[str, str] = NO_NAMES,
) -> str:
    """Return which part a condition asks for, and why; `value` is the fact of the enrollment, None where it has none.

    `part` and `other` are the titles of the part that is asked for and of the other one, empty where there is none.
    """
    fact = FACTS[condition.fact]() if condition.fact in FACTS else condition.fact
    why = gettext("no %(fact)s is on record") % {"fact": fact}
    if value is not None:
        why = gettext("the %(fact)s is %(value)s") % {"fact": fact, "value": _value_in_words(condition, value, names)}
    words = {"part": part, "why": why, "condition": condition_in_words(condition, names), "other": other}
    if part:
        sentence = gettext("“%(part)s” is asked for, because %(why)s.") % words
    else:
        sentence = gettext("Nothing is asked for here, because %(why)s.") % words
    if holds or not other:
        return sentence
    return f"{sentence} {gettext('If the %(condition)s, “%(other)s” is asked for.') % words}"


def _value_in_words(condition: Condition, value: FactValue, names: Mapping[str, str]) -> str:
    kind = KNOWN_FACTS.get(condition.fact)
    if kind is FactKind.DATE and is_value_of(kind, value):
        return date_format(date.fromisoformat(str(value)), "DATE_FORMAT")
    return names.get(str(value), f"“{value}”")


WORDS: dict[str, Callable[[], tuple[str, str]]] = {
    "exclusivity_not_yet": lambda: (
        gettext("Parts that may not share a piece are not decided yet."),
        gettext("Leave out “exclusive” here."),
    ),
    "sharing_not_yet": lambda: (
        gettext("Caps on what two parts may share are not decided yet."),
        gettext("Leave out the cap."),
    ),
    "needs_newer_method": lambda: (
        gettext("This rule is not decided by the method audit@1."),
        gettext("Audit with audit@2, or leave out the rule."),
    ),
    "without_condition": lambda: (
        gettext("A part that depends on a condition has none."),
        gettext("Add the condition: a fact, a comparison and its values."),
    ),
    "condition_elsewhere": lambda: (
        gettext("A condition is given, but nothing here depends on it."),
        gettext("Make it an “if”, or leave out the condition."),
    ),
    "branches_of_condition": lambda: (
        gettext("A condition decides between one or two parts, but there are %(parts)s."),
        gettext("Give the part where it holds and, if any, the part where it does not; group what belongs together."),
    ),
    "one_value_expected": lambda: (
        gettext("This comparison has one value, but %(given)s are given."),
        gettext("Give one value, or compare with “in”."),
    ),
    "not_comparable": lambda: (
        gettext("“%(given)s” is neither a whole number nor a date, so nothing is at least that."),
        gettext("Write a whole number, or a date as in 2026-09-01."),
    ),
    "cap_about_nothing": lambda: (
        gettext("What two parts may share is limited here, but %(other)s is not among the parts."),
        gettext("Name parts below this one."),
    ),
    "cap_with_itself": lambda: (
        gettext("What %(other)s shares with itself is limited."),
        gettext("Name two different parts."),
    ),
    "cap_with_its_own_part": lambda: (
        gettext("What %(first)s and %(other)s share is limited, but one lies inside the other."),
        gettext("Name two parts of which none contains the other."),
    ),
    "exclusive_of_the_same": lambda: (
        gettext("It accepts the same competency as %(other)s, but one demonstration may not count toward both."),
        gettext("Let the parts share, or accept another competency."),
    ),
    "list_above_group_credit": lambda: (
        gettext("A group below has credit as a whole, so nobody can tell how much of it is from the list."),
        gettext("Put the credit on the group's parts, or this limit into the group."),
    ),
    "accepts_only_excluded": lambda: (
        gettext("All that is accepted here is excluded: %(names)s."),
        gettext("Accept another competency, or exclude fewer."),
    ),
    "no_credit_by_mastery": lambda: (
        gettext("No credit is stated for any competency that counts here, so mastery can never fill it."),
        gettext("State the credit of competencies in “credit_table”; * is for all."),
    ),
    "met_by_elsewhere": lambda: (
        gettext("Only a program is met by an award or by its tree."),
        gettext("Leave out “met_by”."),
    ),
    "met_by_no_tree": lambda: (
        gettext("It is to be met by its tree, but it has none."),
        gettext("Let its award meet it, or add its parts."),
    ),
    "tree_too_deep": lambda: (
        gettext("The tree is more than %(most)s levels deep here."),
        gettext("Use fewer levels of groups."),
    ),
    "too_large": lambda: (
        gettext("%(given)s is more than can be meant."),
        gettext("Write at most %(most)s."),
    ),
    "exception_twice": lambda: (
        gettext("Two exceptions have this id."),
        gettext("Give each its own."),
    ),
    "unknown_node": lambda: (
        gettext("%(given)s is not a requirement of this tree."),
        gettext("Name one of its requirements by its id."),
    ),
    "leaf_with_parts": lambda: (
        gettext("Something that is met by itself cannot have parts."),
        gettext("Move its parts into a group beside it."),
    ),
    "too_few_to_choose": lambda: (
        gettext("%(n)s of %(parts)s parts cannot be chosen."),
        gettext("Ask for fewer, or add parts."),
    ),
    "choose_out_of_range": lambda: (
        gettext("%(n)s of %(parts)s parts cannot be chosen."),
        gettext("Ask for at least 1 and at most %(parts)s."),
    ),
    "choose_all": lambda: (
        gettext("Choosing %(n)s of %(n)s leaves no choice."),
        gettext("Ask for all of the parts, or for fewer."),
    ),
    "n_without_choose": lambda: (
        gettext("A number of parts is given, but nothing is to be chosen here."),
        gettext("Make it a choice, or leave out the number."),
    ),
    "no_quantity": lambda: (
        gettext("The quantity to reach is nothing."),
        gettext("Say how much is asked for."),
    ),
    "no_quantity_asked": lambda: (
        gettext("The quantity to reach is nothing."),
        gettext("Say how much is asked for."),
    ),
    "no_credits_asked": lambda: (
        gettext("No credits are asked for here."),
        gettext("Say how many, or remove the requirement."),
    ),
    "negative": lambda: (
        gettext("Credits, counts, levels and days are not negative."),
        gettext("Use 0 or more."),
    ),
    "requirement_twice": lambda: (
        gettext("Two requirements have this id."),
        gettext("Give each its own."),
    ),
    "id_twice": lambda: (
        gettext("Two requirements have this id."),
        gettext("Give each its own."),
    ),
    "attainment_twice": lambda: (
        gettext("Two attainments have this id."),
        gettext("Give each its own."),
    ),
    "piece_disagrees": lambda: (
        gettext("Attainments that are one piece state different credits."),
        gettext("Give all of them the same, or different pieces."),
    ),
    "empty_group": lambda: (
        gettext("The group is empty."),
        gettext("Add parts to it, or remove it."),
    ),
    "accepts_nothing": lambda: (
        gettext("No competency is accepted here, so nobody can meet it."),
        gettext("Name at least one competency."),
    ),
    "anything_for_a_competency": lambda: (
        gettext("Anything at all would show this competency."),
        gettext("Name the competencies that show it."),
    ),
    "credits_twice_on_a_path": lambda: (
        gettext("Credit sits here and on %(above)s above it, so it would count twice."),
        gettext("Keep the credit on one of the two."),
    ),
    "minimum_on_a_leaf": lambda: (
        gettext("A minimum of credits is asked of something that is met by itself."),
        gettext("Put the minimum on the group, or ask for credits instead."),
    ),
    "unreachable_minimum": lambda: (
        gettext("%(asked)s credits are asked for, but the parts are worth %(reach)s at most."),
        gettext("Ask for fewer, or give the parts more."),
    ),
    "more_here_than_asked": lambda: (
        gettext("%(here)s credits are to be earned here, but only %(asked)s are asked for in all."),
        gettext("Ask for no more here than in all."),
    ),
    "source_rule_above_group_credit": lambda: (
        gettext("Credit sits on the group %(group)s as a whole, so nobody can tell where it was earned."),
        gettext("Put the credit on the group's parts, or this rule into the group."),
    ),
    "cap_twice": lambda: (
        gettext("Two maxima are given for %(basis)s."),
        gettext("Keep the smaller one."),
    ),
    "caps_below_minimum": lambda: (
        gettext("The maxima allow %(caps)s credits together, but %(asked)s are asked for."),
        gettext("Raise a maximum, or ask for fewer credits."),
    ),
    "nothing_can_show_it": lambda: (
        gettext("No assessment can show %(competencies)s."),
        gettext("Add an assessment with a criterion for it, or accept another competency."),
    ),
    "without_scale": lambda: (
        gettext("No proficiency scale is chosen for %(names)s, so nobody can decide it."),
        gettext("Choose a scale for the competency first."),
    ),
    "program_in_itself": lambda: (
        gettext("The program %(program)s would contain itself."),
        gettext("Remove it here, or from the program inside."),
    ),
    "choice_expected": lambda: (
        gettext("%(given)s is not one of the words known here."),
        gettext("Choose one of: %(choices)s."),
    ),
    "pair_expected": lambda: (
        gettext("%(given)s does not have the parts it needs."),
        gettext("Write %(parts)s."),
    ),
    "not_negative_expected": lambda: (
        gettext("%(given)s is below nothing."),
        gettext("Write 0 or more."),
    ),
}
