"""Which records are one person, given the links in force."""

from collections.abc import Iterable, Mapping


def persons(record_ids: Iterable[int], links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Each record's person: the lowest id among all records that links, in any direction, connect it with.

    Links to records outside `record_ids` are left out.
    """
    person = {record: record for record in record_ids}
    for one, other in links:
        if one in person and other in person:
            _join(person, _head(person, one), _head(person, other))
    return {record: _head(person, record) for record in person}


def _head(person: Mapping[int, int], record: int) -> int:
    while person[record] != record:
        record = person[record]
    return record


def _join(person: dict[int, int], one: int, other: int) -> None:
    person[max(one, other)] = min(one, other)
