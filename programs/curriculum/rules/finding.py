"""A fault that the linter finds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from programs.audit.rules.requirements import Kind, Requirement


@dataclass(frozen=True)
class Finding:
    """One fault of a tree: the node, a code, and the values in its text (`programs/curriculum/labels.py`)."""

    node: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


def own_nodes(
    node: Requirement, above: tuple[Requirement, ...] = ()
) -> Iterator[tuple[Requirement, tuple[Requirement, ...]]]:
    """Yield the nodes that the author of a tree writes, with those above: what is stacked was linted on its own."""
    yield node, above
    for child in node.children if node.kind is not Kind.PROGRAM else ():
        yield from own_nodes(child, (*above, node))


def figure(hundredths: int) -> str:
    """Return credits as text with two places."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"
