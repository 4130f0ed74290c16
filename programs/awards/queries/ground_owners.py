"""Whose rows an award rests on: its evidence, what was decided about a learner, and the awards below it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from assessments.models import Evidence
from programs.models import Award, MilestoneReached, Recognition, RequirementException

BATCH = 200
ROWS_NAMED: Mapping[str, QuerySet[Any]] = {
    "evidence": Evidence.objects.all(),
    "milestone": MilestoneReached.objects.all(),
    "recognition": Recognition.objects.all(),
    "exception": RequirementException.objects.all(),
    "award": Award.objects.all(),
}
"""The rows that a decision record names by public id; each belongs to a learner."""


@dataclass(frozen=True, slots=True)
class OthersGrounds:
    """An award that rests on rows of other people; the public ids of their canonical records."""

    award: Award
    others: tuple[UUID, ...]


def others_behind(awards: Iterable[Award]) -> Iterator[OthersGrounds]:
    """Yield each award that rests on rows of other people.

    An award that rests on a lower award rests on all that is behind that one. People are those of the links in force
    now. A few queries for each BATCH of awards.
    """
    rows = iter(awards)
    while batch := tuple(islice(rows, BATCH)):
        yield from _others_behind(batch)


def _others_behind(awards: tuple[Award, ...]) -> Iterator[OthersGrounds]:
    decisions = _decisions_of(awards)
    owners = _owners({row for named in decisions.values() for row in named})
    for award in awards:
        behind = _behind(str(award.public_id), decisions)
        people = {owners[row] for row in behind if row in owners}
        others = sorted(people - {owners["award", str(award.public_id)]})
        if others:
            yield OthersGrounds(award, tuple(others))


_Row = tuple[str, str]  # a kind of ROWS_NAMED and a public id


def _decisions_of(awards: tuple[Award, ...]) -> dict[str, set[_Row]]:
    """Return the rows that each award names, itself among them, and those of all awards below, by public id."""
    named = {str(award.public_id): _named_in(award) for award in awards}
    while missing := {name for rows in named.values() for kind, name in rows if kind == "award"} - named.keys():
        found = {str(award.public_id): _named_in(award) for award in Award.objects.filter(public_id__in=missing)}
        named |= {name: found.get(name, set()) for name in missing}
    return named


def _named_in(award: Award) -> set[_Row]:
    decision: Mapping[str, Any] = award.decision or {}
    rows = {("award", str(award.public_id))}
    rows |= {("evidence", entry["id"]) for entry in decision.get("evidence", ())}
    rows |= {("exception", entry["id"]) for entry in decision.get("exceptions", ())}
    for piece in decision.get("attainments", ()):
        kind, _colon, name = piece["id"].partition(":")
        if kind in ROWS_NAMED:  # mastery is decided from the evidence, which is named above
            rows.add((kind, name))
    return rows


def _behind(award: str, decisions: Mapping[str, set[_Row]]) -> set[_Row]:
    """Return all rows behind an award, through the awards below it."""
    seen, waiting = set[_Row](), [award]
    done = set[str]()
    while waiting:
        name = waiting.pop()
        if name not in done:
            done.add(name)
            seen |= decisions[name]
            waiting += [lower for kind, lower in decisions[name] if kind == "award"]
    return seen


def _owners(rows: set[_Row]) -> dict[_Row, UUID]:
    """Return the public id of the canonical record of the person to whom each row belongs."""
    owners: dict[_Row, UUID] = {}
    for kind, queryset in ROWS_NAMED.items():
        names = [name for of, name in rows if of == kind]
        if names:
            found = queryset.filter(public_id__in=names).annotate(
                person=Coalesce("learner__same_as__public_id", "learner__public_id")
            )
            owners |= {(kind, str(name)): person for name, person in found.values_list("public_id", "person")}
    return owners
