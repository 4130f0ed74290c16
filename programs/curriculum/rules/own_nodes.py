"""The nodes that the author of a tree writes."""

from collections.abc import Iterator

from programs.audit.rules.requirements import Kind, Requirement


def own_nodes(
    node: Requirement, above: tuple[Requirement, ...] = ()
) -> Iterator[tuple[Requirement, tuple[Requirement, ...]]]:
    """Yield each node with those above, parents first; the nodes of stacked programs are left out."""
    yield node, above
    for child in node.children if node.kind is not Kind.PROGRAM else ():
        yield from own_nodes(child, (*above, node))
