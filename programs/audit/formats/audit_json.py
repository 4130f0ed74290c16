"""Requirement trees and attainments read from JSON; numbers are whole hundredths."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from core.text.faults import Fault
from core.text.strict_json import FormatError, Sheet, each, flag, text, whole, word, wrong
from programs.audit.formats.audit_schema import DATE, DEFINITIONS, LARGEST_COUNT, MAX_DEPTH
from programs.audit.formats.trial_checks import check_trial
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.context import NEWEST, Context, Method
from programs.audit.rules.facts import NO_FACTS, Facts, FactValue
from programs.audit.rules.qualifiers import MAX_WITHIN_DAYS
from programs.audit.rules.requirements import (
    Condition,
    Kind,
    ListCap,
    MetBy,
    Operator,
    Requirement,
    ShareCap,
    SourceCap,
    Unit,
)
from programs.audit.rules.result import Status
from programs.rules.attainments import Attainment, AttainmentKind, Basis, ExceptionKind, RequirementException

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Expectation:
    """The expected answer of an audit in a test case; `short` is the projected distance."""

    status: Status
    short: int
    blocking: tuple[str, ...] | None


@dataclass(frozen=True)
class Trial:
    """The inputs of one audit. Where `on` is None, the caller chooses the date.

    `read_as_exclusive` are the nodes that do not say whether their children share pieces and are read as exclusive.
    """

    label: str
    tree: Requirement
    attainments: tuple[Attainment, ...]
    planned: tuple[Attainment, ...]
    exceptions: tuple[RequirementException, ...]
    context: Context
    previous: Assignment | None
    on: date | None
    expect: Expectation | None
    facts: Facts = NO_FACTS
    read_as_exclusive: tuple[str, ...] = ()


def read_trials(value: object) -> tuple[Trial, ...]:
    """Read the trials of a document: one, or those of its cases in order. Raises FormatError with every fault found."""
    if not (isinstance(value, dict) and "cases" in value):
        return (read_trial(value, ""),)
    cases = Sheet(value, "", DEFINITIONS["cases"]).required("cases", each(_case))
    return tuple(trial for case in cases for trial in case)


def read_trial(value: object, path: str = "") -> Trial:
    """Read one trial. Raises FormatError."""
    sheet = Sheet(value, path, DEFINITIONS["trial"])
    _check_depth(sheet.members.get("root"), sheet.path)
    tree = sheet.required("root", read_requirement)
    caps: tuple[ShareCap, ...] = sheet.given("share_caps", each(_share_cap), ())
    tree = replace(tree, share_caps=(*tree.share_caps, *caps))
    method = sheet.given("method", _one_of(Method), NEWEST)
    silent = silent_nodes(tree, sheet.members["root"]) if method.decides_sharing else ()
    attainments = sheet.required("attainments", each(read_attainment))
    exceptions: tuple[RequirementException, ...] = sheet.given("exceptions", each(read_exception), ())
    check_trial(tree, [item for item, _ in attainments], exceptions, sheet.path)
    awards = tuple(_known_award(node) for node in _known_awarded(sheet.members["root"]))
    return Trial(
        label=sheet.given("label", text, ""),
        tree=_exclusive(tree, frozenset(silent)) if silent else tree,
        attainments=(*(item for item, planned in attainments if not planned), *awards),
        planned=tuple(item for item, planned in attainments if planned),
        exceptions=exceptions,
        context=Context(awards_required=sheet.given("awards_required", flag, default=True), method=method),
        previous=sheet.optional("previous", read_assignment),
        on=sheet.optional("on", read_date),
        expect=sheet.optional("expect", _expectation),
        facts=sheet.given("facts", read_facts, NO_FACTS),
        read_as_exclusive=silent,
    )


def _check_depth(value: object, path: str) -> None:
    """Refuse a tree that is too deep to be read part by part."""
    depth, nodes, place = 0, [(value, ".".join(part for part in (path, "root") if part))], ""
    while nodes and depth <= MAX_DEPTH:
        below = []
        for node, place in nodes:
            children = node.get("children") if isinstance(node, dict) else None
            some = children if isinstance(children, list) else []
            below += [(child, f"{place}.children[{number}]") for number, child in enumerate(some)]
        depth, nodes = depth + 1, below
    if nodes:
        raise FormatError(Fault(place, "tree_too_deep", {"most": str(MAX_DEPTH)}))


def silent_nodes(tree: Requirement, value: object) -> tuple[str, ...]:
    """Return the nodes of a trial that are read as exclusive because they do not say anything.

    A node is silent without the member `exclusive`. It is read as exclusive if one of its children is a *choose* or
    *credits* group: such groups compete for pieces. Competencies beside each other are shared, because one
    demonstration shows a competency wherever it is asked for.
    """
    members = value if isinstance(value, dict) else {}
    below = zip(tree.children, members.get("children", ()), strict=False)
    found = [name for child, child_value in below for name in silent_nodes(child, child_value)]
    competing = any(child.kind in {Kind.CHOOSE, Kind.CREDITS} for child in tree.children)
    silent = "exclusive" not in members and competing and len(tree.children) > 1
    return (tree.id, *found) if silent else tuple(found)


def _exclusive(node: Requirement, names: frozenset[str]) -> Requirement:
    children = tuple(_exclusive(child, names) for child in node.children)
    return replace(node, children=children, exclusive=node.exclusive or node.id in names)


def read_facts(value: object, path: str = "") -> Facts:
    """Read the facts of an enrollment. Raises FormatError."""
    if not isinstance(value, dict):
        raise wrong(path, "object_expected", value)
    return Facts.of((name, _fact(known, f"{path}.{name}" if path else name)) for name, known in value.items())


def read_requirement(value: object, path: str = "") -> Requirement:
    """Read one node and all below it. Raises FormatError."""
    sheet = Sheet(value, path, DEFINITIONS["requirement"])
    sheet.given("fact", flag, default=False)
    return Requirement(
        id=sheet.required("id", word),
        kind=sheet.required("kind", _one_of(Kind)),
        title=sheet.given("title", text, ""),
        children=sheet.given("children", each(read_requirement), ()),
        accepts=sheet.given("accepts", each(word), ()),
        policy=sheet.given("policy", text, ""),
        nominal=sheet.given("nominal", _count, 0),
        n=sheet.given("n", _count, 0),
        min_credits=sheet.given("min_credits", _count, 0),
        min_quantity=sheet.given("min_quantity", _count, 0),
        level=sheet.given("level", _count, 0),
        within_days=sheet.optional("within_days", _days),
        earned_here=sheet.given("earned_here", _count, 0),
        max_source=sheet.given("max_source", each(_source_cap), ()),
        exclusive=sheet.given("exclusive", flag, default=False),
        share_caps=sheet.given("share_caps", each(_share_cap), ()),
        scale=sheet.given("scale", text, ""),
        min_pieces=sheet.given("min_pieces", _count, 0),
        max_listed=sheet.given("max_listed", each(_list_cap), ()),
        excludes=sheet.given("excludes", each(word), ()),
        condition=sheet.optional("condition", _condition),
        met_by=sheet.given("met_by", _one_of(MetBy), MetBy.CONTEXT),
        credit_table=sheet.given("credit_table", _counts_by_name, ()),
    )


def read_date(value: object, path: str) -> date:
    """Read a civil date, ISO 8601. Raises FormatError."""
    if not isinstance(value, str) or not re.fullmatch(DATE["pattern"], value):
        raise wrong(path, "date_expected", value)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise wrong(path, "date_expected", value) from error


def _case(value: object, path: str) -> tuple[Trial, ...]:
    sheet = Sheet(value, path, DEFINITIONS["case"])
    name = sheet.required("name", word)
    trials = sheet.required("variants", each(read_trial))
    return tuple(replace(trial, label=": ".join(part for part in (name, trial.label) if part)) for trial in trials)


def read_attainment(value: object, path: str = "") -> tuple[Attainment, bool]:
    """Read one attainment, and whether it is only planned. Raises FormatError."""
    sheet = Sheet(value, path, DEFINITIONS["attainment"])
    read = Attainment(
        id=sheet.required("id", word),
        kind=sheet.given("kind", _one_of(AttainmentKind), AttainmentKind.MASTERY),
        ref=sheet.given("ref", word, ""),
        competency=sheet.given("comp", word, ""),
        policy=sheet.given("policy", text, ""),
        piece=sheet.given("piece", text, ""),
        credits=sheet.optional("credits", _count),
        quantity=sheet.given("quantity", _count, 0),
        level=sheet.optional("level", _count),
        achieved_on=sheet.optional("achieved_on", read_date),
        valid_until=sheet.optional("valid_until", read_date),
        basis=sheet.given("source", _one_of(Basis), Basis.ASSESSED_HERE),
        organization=sheet.given("organization", text, ""),
        spent=sheet.given("spent", each(word), ()),
        scale=sheet.given("scale", text, ""),
        conversions=sheet.given("conversions", _counts_by_name, ()),
        without_level=sheet.given("without_level", flag, default=False),
    )
    return read, sheet.given("planned", flag, default=False)


def read_exception(value: object, path: str = "") -> RequirementException:
    """Read an exception about one node. Raises FormatError."""
    sheet = Sheet(value, path, DEFINITIONS["exception"])
    return RequirementException(
        id=sheet.required("id", word),
        kind=sheet.required("kind", _one_of(ExceptionKind)),
        node=sheet.required("node", word),
        attainment=sheet.given("attainment", word, ""),
        competency=sheet.given("comp", word, ""),
        starts_on=sheet.optional("starts_on", read_date),
        ends_on=sheet.optional("ends_on", read_date),
        approved=sheet.given("approved", flag, default=False),
        pending=sheet.given("pending", flag, default=False),
    )


def read_assignment(value: object, path: str = "") -> Assignment:
    """Read the assignment of an earlier audit. Raises FormatError."""
    sheet = Sheet(value, path, DEFINITIONS["previous"])
    chosen = sheet.optional("chosen", each(word))
    return Assignment(frozenset(sheet.required("uses", each(_use))), frozenset(chosen or ()))


def _expectation(value: object, path: str) -> Expectation:
    sheet = Sheet(value, path, DEFINITIONS["expect"])
    status = sheet.required("status", _one_of(Status))
    return Expectation(status, sheet.required("short", _count), sheet.optional("blocking", each(word)))


def _known_awarded(node: object) -> list[dict[str, Any]]:
    """Return the program nodes that the document declares awarded; the tree must be known to be well formed."""
    if not isinstance(node, dict):
        return []
    below = [known for child in node.get("children", ()) for known in _known_awarded(child)]
    return [node, *below] if node.get("fact") else below


def _known_award(node: dict[str, Any]) -> Attainment:
    return Attainment(
        id=f"fact:{node['id']}",
        kind=AttainmentKind.AWARD,
        ref=(node.get("accepts") or [node["id"]])[0],
        credits=node.get("nominal", 0),
    )


def _source_cap(value: object, path: str) -> SourceCap:
    basis, most = _row(value, path, 2, "[source, hundredths]")
    return SourceCap(_one_of(Basis)(basis, f"{path}[0]"), _count(most, f"{path}[1]"))


def _share_cap(value: object, path: str) -> ShareCap:
    first, second, most, unit = _row(value, path, 4, "[node, node, number, unit]")
    return ShareCap(
        word(first, f"{path}[0]"),
        word(second, f"{path}[1]"),
        _count(most, f"{path}[2]"),
        _one_of(Unit)(unit, f"{path}[3]"),
    )


def _list_cap(value: object, path: str) -> ListCap:
    accepts, most, unit = _row(value, path, 3, "[competencies, number, unit]")
    return ListCap(each(word)(accepts, f"{path}[0]"), _count(most, f"{path}[1]"), _one_of(Unit)(unit, f"{path}[2]"))


def _condition(value: object, path: str) -> Condition:
    sheet = Sheet(value, path, DEFINITIONS["condition"])
    return Condition(
        sheet.required("fact", word), sheet.required("op", _one_of(Operator)), sheet.required("values", each(_fact))
    )


def _fact(value: object, path: str) -> FactValue:
    return text(value, path) if isinstance(value, str) else whole(value, path)


def _counts_by_name(value: object, path: str) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict):
        raise wrong(path, "object_expected", value)
    return tuple(sorted((name, _count(amount, f"{path}.{name}")) for name, amount in value.items()))


def _use(value: object, path: str) -> tuple[str, str]:
    attainment, node = _row(value, path, 2, "[attainment, node]")
    return word(attainment, f"{path}[0]"), word(node, f"{path}[1]")


def _row(value: object, path: str, size: int, parts: str) -> list[object]:
    if not isinstance(value, list) or len(value) != size:
        fault = wrong(path, "pair_expected", value).faults[0]
        raise FormatError(Fault(path, fault.code, {**fault.values, "parts": parts}))
    return value


def _count(value: object, path: str) -> int:
    return _at_most(value, path, LARGEST_COUNT)


def _days(value: object, path: str) -> int:
    return _at_most(value, path, MAX_WITHIN_DAYS)


def _at_most(value: object, path: str, most: int) -> int:
    number = whole(value, path)
    if number < 0:
        raise wrong(path, "not_negative_expected", value)
    if number > most:
        fault = wrong(path, "too_large", value).faults[0]
        raise FormatError(Fault(path, fault.code, {**fault.values, "most": str(most)}))
    return number


def _one_of(words: type[E]) -> Callable[[object, str], E]:
    def read(value: object, path: str) -> E:
        try:
            return words(text(value, path))
        except ValueError as error:
            if isinstance(error, FormatError):
                raise
            raise _not_among(path, value, [str(choice) for choice in words if choice.value]) from error

    return read


def _not_among(path: str, value: object, choices: list[str]) -> FormatError:
    fault = wrong(path, "choice_expected", value).faults[0]
    return FormatError(Fault(path, fault.code, {**fault.values, "choices": ", ".join(choices)}))
