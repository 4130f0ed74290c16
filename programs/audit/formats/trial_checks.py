"""What a trial must say beyond its schema: ids that are unique, nodes that exist, members that a kind needs."""

from collections.abc import Iterable, Iterator, Sequence

from core.text.faults import Fault
from core.text.strict_json import FormatError
from programs.audit.rules.requirements import Requirement
from programs.rules.attainments import Attainment, AttainmentKind, ExceptionKind, RequirementException

LEARNT = frozenset({AttainmentKind.MASTERY, AttainmentKind.RECOGNITION})
ABOUT_AN_ATTAINMENT = frozenset({ExceptionKind.SUBSTITUTE, ExceptionKind.APPLY_HERE})


def check_trial(
    tree: Requirement,
    attainments: Sequence[Attainment],
    exceptions: Sequence[RequirementException],
    path: str,
) -> None:
    """Refuse a trial in which an id repeats, a node does not exist, or a member is missing. Raises FormatError."""
    places = paths_of(tree, _below(path, "root"))
    faults = [
        *_twice(places, "requirement_twice"),
        *_twice(_named(path, "attainments", [item.id for item in attainments]), "attainment_twice"),
        *_twice(_named(path, "exceptions", [item.id for item in exceptions]), "exception_twice"),
        *_incomplete_attainments(attainments, path),
        *_incomplete_exceptions({node for _, node in places}, exceptions, path),
    ]
    if faults:
        raise FormatError(*faults)


def paths_of(tree: Requirement, path: str) -> list[tuple[str, str]]:
    """Return the path of each node in its document, and its id, parents first."""
    found = [(path, tree.id)]
    for number, child in enumerate(tree.children):
        found += paths_of(child, f"{path}.children[{number}]")
    return found


def _below(path: str, member: str) -> str:
    return f"{path}.{member}" if path else member


def _named(path: str, member: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((f"{_below(path, member)}[{number}]", name) for number, name in enumerate(names))


def _twice(named: Iterable[tuple[str, str]], code: str) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for path, name in named:
        if name in first:
            yield Fault(f"{path}.id", code, {"given": name, "first": first[name]})
        first.setdefault(name, path)


def _incomplete_attainments(attainments: Sequence[Attainment], path: str) -> Iterator[Fault]:
    for number, item in enumerate(attainments):
        place = f"{_below(path, 'attainments')}[{number}]"
        member = "comp" if item.kind in LEARNT else "ref"
        if not item.name:
            yield Fault(place, "member_missing", {"given": member})


def _incomplete_exceptions(nodes: set[str], exceptions: Sequence[RequirementException], path: str) -> Iterator[Fault]:
    for number, decision in enumerate(exceptions):
        place = f"{_below(path, 'exceptions')}[{number}]"
        if decision.node not in nodes:
            yield Fault(f"{place}.node", "unknown_node", {"given": decision.node})
        if decision.kind in ABOUT_AN_ATTAINMENT and not decision.attainment:
            yield Fault(place, "member_missing", {"given": "attainment"})
        if decision.kind is ExceptionKind.ALSO_ALLOW and not decision.competency:
            yield Fault(place, "member_missing", {"given": "comp"})
