"""What the CASE service looks up: objects of published frameworks, by any of their identifiers.

Several frameworks may hold an identifier (see docs/decisions/0009-case-identifiers.md); the first framework answers.
"""

import hashlib
from typing import Any

from django.db.models import Q, QuerySet

from competencies.models import Association, Competency, Definition, DefinitionKind, Framework
from competencies.queries.frameworks import frameworks_named, identified_as, storable


def published_frameworks() -> QuerySet[Framework]:
    """All published frameworks, in the order in which they came."""
    rows: QuerySet[Framework] = Framework.objects.public().order_by("pk")
    return rows


def published_state() -> str:
    """A digest that changes when a published framework changes, comes or goes; one query."""
    versions = published_frameworks().values_list("public_id", "content_version")
    return hashlib.sha256(repr([(str(key), version) for key, version in versions]).encode()).hexdigest()


def public_framework(name: str) -> Framework | None:
    """The published framework that goes by this name."""
    return frameworks_named(name).filter(published_at__isnull=False).first()


def public_competency(name: str) -> Competency | None:
    """The listed competency of a published framework that goes by this name."""
    return _public(Competency.objects.listed(), name)


def public_association(name: str) -> Association | None:
    """The listed association of a published framework that goes by this name, with its ends."""
    return _public(Association.objects.listed().select_related("origin", "destination"), name)


def public_definition(kind: DefinitionKind, name: str) -> Definition | None:
    """The listed definition of this kind in a published framework that goes by this name."""
    return _public(Definition.objects.filter(kind=kind, retired_at=None), name)


def definitions_below(row: Definition) -> list[Definition]:
    """The listed definitions of the same kind and framework whose hierarchy code continues that of `row`.

    "1" is continued by "1.2" and "1.2.1", but not by "10": after the code comes what is no letter and no digit.
    """
    code = str(row.members.get("hierarchyCode") or "").strip()
    if not code:
        return []
    rows: QuerySet[Any] = Definition.objects.filter(
        framework=row.framework_id, kind=row.kind, retired_at=None, members__hierarchyCode__startswith=code
    )
    codes = [(str(each.members["hierarchyCode"]), each) for each in rows.order_by("position", "pk")]
    return [each for found, each in codes if len(found) > len(code) and not found[len(code)].isalnum()]


def edges_at(competency: Competency) -> QuerySet[Association]:
    """The listed associations of its framework that begin or end at it."""
    rows: QuerySet[Association] = Association.objects.listed().filter(framework=competency.framework_id)
    rows = rows.filter(Q(origin=competency) | Q(destination=competency))
    return rows.select_related("framework", "origin", "destination").order_by("position", "pk")


def _public(rows: QuerySet[Any], name: str) -> Any | None:  # noqa: ANN401 - a row of the model that is asked for
    if not storable(name):
        return None
    found = rows.filter(identified_as(name), framework__published_at__isnull=False).select_related("framework")
    return found.order_by("framework__namesake", "framework_id").first()
