"""Selecting from a list of CASE objects as the standard's REST binding says: filter, sort and fields."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Tree = Mapping[str, Any]

# Compared as instants: "09:00Z" and "10:00+01:00" are equal, although their texts are not.
DATED = frozenset({"lastChangeDateTime", "statusStartDate", "statusEndDate"})
MAX_CONDITIONS = 20
_CONDITION = re.compile(r"\s*([A-Za-z][A-Za-z.]*)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'\s*")
_CONJUNCTION = re.compile(r"(AND|OR)\b", re.IGNORECASE)

_ORDERED: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": lambda found, wanted: found > wanted,
    ">=": lambda found, wanted: found >= wanted,
    "<": lambda found, wanted: found < wanted,
    "<=": lambda found, wanted: found <= wanted,
}


class SelectionError(ValueError):
    """A filter, sort or field that the list does not have; `name` is what was not understood."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@dataclass(frozen=True)
class Condition:
    """One comparison: the path of a member (`licenseURI.title`), a predicate, and the wanted value."""

    path: str
    predicate: str
    value: str

    def holds(self, tree: Tree) -> bool:
        """Whether an object meets the condition. A list meets it with any of its values, and `!=` with none equal."""
        values = _values(tree, self.path)
        if self.predicate == "!=":
            return not any(_equal(self.path, value, self.value) for value in values)
        if self.predicate == "=":
            return any(_equal(self.path, value, self.value) for value in values)
        if self.predicate == "~":
            return any(self.value.casefold() in str(value).casefold() for value in values)
        compare = _ORDERED[self.predicate]
        pairs = [_comparable_pair(self.path, value, self.value) for value in values]
        return any(compare(found, wanted) for found, wanted in pairs)


# A filter is met if all conditions of at least one group hold: AND binds closer than OR.
Filter = Sequence[Sequence[Condition]]


def filter_of(text: str, *, names: Collection[str]) -> Filter:
    """Parse a filter, for example `title~'bread' AND language='en'`. Raises SelectionError.

    `names` are the paths of members that can be filtered by. A quote inside a value is written twice.
    """
    groups: list[list[Condition]] = [[]]
    rest = text
    for _number in range(MAX_CONDITIONS):
        found = _CONDITION.match(rest)
        if found is None:
            raise SelectionError(rest.strip()[:60])
        path, predicate, value = found.groups()
        if path not in names:
            raise SelectionError(path[:60])
        if path in DATED and predicate != "~":
            _instant(value)
        groups[-1].append(Condition(path, predicate, value.replace("''", "'")))
        rest = rest[found.end() :]
        if not rest:
            return groups
        conjunction = _CONJUNCTION.match(rest)
        if conjunction is None:
            raise SelectionError(rest.strip()[:60])
        if conjunction[1].upper() == "OR":
            groups.append([])
        rest = rest[conjunction.end() :]
    raise SelectionError(rest.strip()[:60])


def is_selected(tree: Tree, wanted: Filter) -> bool:
    """Whether an object meets a filter."""
    return any(all(condition.holds(tree) for condition in group) for group in wanted)


def sorted_by(trees: Iterable[Tree], path: str, *, descending: bool) -> list[Tree]:
    """The objects by one member; equal ones keep their order, those without the member come last both ways."""
    keyed = [(_sort_key(tree, path), tree) for tree in trees]
    with_member = [pair for pair in keyed if pair[0] is not None]
    without_member = [tree for key, tree in keyed if key is None]
    ordered = sorted(with_member, key=lambda pair: pair[0], reverse=descending)
    return [*(tree for _key, tree in ordered), *without_member]


def only_fields(tree: Tree, names: Collection[str]) -> dict[str, Any]:
    """The object with these members alone."""
    return {name: value for name, value in tree.items() if name in names}


def _values(value: Any, path: str) -> list[Any]:  # noqa: ANN401 - a JSON value
    """The scalar values at a path; a list on the way stands for each of its elements."""
    found = [value]
    for step in path.split("."):
        members = [each.get(step) for each in found if isinstance(each, Mapping)]
        found = [part for member in members for part in (member if isinstance(member, list) else [member])]
    return [each for each in found if each is not None and not isinstance(each, Mapping)]


def _sort_key(tree: Tree, path: str) -> Any:  # noqa: ANN401 - one type for each path
    values = _values(tree, path)
    if not values:
        return None
    return _instant(str(values[0])) if path in DATED else " ".join(str(value).casefold() for value in values)


def _equal(path: str, found: Any, wanted: str) -> bool:  # noqa: ANN401 - a JSON scalar
    one, other = _comparable_pair(path, found, wanted)
    return bool(one == other)


def _comparable_pair(path: str, found: Any, wanted: str) -> tuple[Any, Any]:  # noqa: ANN401 - one type for each path
    if path in DATED:
        return _instant(str(found)), _instant(wanted)
    return str(found).casefold(), wanted.casefold()


def _instant(text: str) -> datetime:
    """The instant of a date or time, in UTC if it has no zone. Raises SelectionError for any other text."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise SelectionError(text[:60]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
