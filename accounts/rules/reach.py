"""How far the rights of a person reach: to which organizations, programs and learners."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Limit:
    """What one role is limited to. None means that there is no limitation of this kind.

    `organizations` are ids, with all branches below them, and `organizations_above` are the ids of their ancestors.
    `programs` are ids. `advisor` is the id of the account whose own learners alone are meant.
    """

    organizations: frozenset[int] | None = None
    organizations_above: frozenset[int] = frozenset()
    programs: frozenset[int] | None = None
    advisor: int | None = None

    @property
    def anywhere(self) -> bool:
        """Whether neither organizations nor programs are limited."""
        return self.organizations is None and self.programs is None


@dataclass(frozen=True)
class ProgramTerm:
    """One program to which a person's roles are limited, from `starts_at` up to but not including `ends_at`.

    The limitation itself lasts until it is lifted: an end takes the program away and does not open all the others.
    """

    program_id: int
    starts_at: datetime
    ends_at: datetime | None
    lifted_at: datetime | None


def programs_at(terms: Iterable[ProgramTerm], at: datetime) -> frozenset[int] | None:
    """Return the ids of the programs to which somebody is limited at the instant `at`; None: to none of them."""
    limiting = [term for term in terms if term.starts_at <= at and (term.lifted_at is None or at < term.lifted_at)]
    if not limiting:
        return None
    return frozenset(term.program_id for term in limiting if term.ends_at is None or at < term.ends_at)


def with_branches(own: Collection[int], parents: Mapping[int, int | None]) -> frozenset[int]:
    """Return the ids of organizations and of all their branches; `parents` maps each organization to its parent."""
    return frozenset(organization for organization in parents if not set(own).isdisjoint(_path(organization, parents)))


def ancestors(own: Collection[int], parents: Mapping[int, int | None]) -> frozenset[int]:
    """Return the ids of all organizations above these, without themselves."""
    return frozenset(place for organization in own for place in _path(organization, parents)) - frozenset(own)


def _path(organization: int, parents: Mapping[int, int | None]) -> list[int]:
    """Return the organization and its ancestors, the nearest first. A ring, which a trigger refuses, would end it."""
    path: list[int] = []
    place: int | None = organization
    while place is not None and place not in path:
        path.append(place)
        place = parents.get(place)
    return path
