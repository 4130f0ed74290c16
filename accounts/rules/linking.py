"""Which records belong to one person, by the links in force."""

from collections.abc import Iterable, Mapping


def canonical_ids(record_ids: Iterable[int], links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The canonical id of each record: the lowest id in its group of linked records.

    Links to records outside `record_ids` are ignored. This is union-find with the lower id as the root.
    """
    parent = {record_id: record_id for record_id in record_ids}
    for first, second in links:
        if first in parent and second in parent:
            _union(parent, _root(parent, first), _root(parent, second))
    return {record_id: _root(parent, record_id) for record_id in parent}


def _root(parent: Mapping[int, int], record_id: int) -> int:
    while parent[record_id] != record_id:
        record_id = parent[record_id]
    return record_id


def _union(parent: dict[int, int], first: int, second: int) -> None:
    parent[max(first, second)] = min(first, second)
