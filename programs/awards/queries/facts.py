"""An award as the facts that paper is made of: read from what was frozen and decided, never from what is current."""

import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Organization
from competencies.models import Competency, ProficiencyScale
from core.database.compiled import compiled
from programs.audit.queries.awarding import awarded_by
from programs.audit.queries.trees import INSIDE, tree_of
from programs.audit.rules import requirements as rules
from programs.awards.rules import AwardFacts, CompetencyFact, LevelFact, ScaleFact, StackedFact
from programs.models import Attribution, Award, Recognition
from programs.rules.attainments import AttainmentKind

ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
LEARNT = (AttainmentKind.MASTERY, AttainmentKind.RECOGNITION)


def facts_of(award: Award) -> AwardFacts:
    """All that paper about a granted award may say; raises ValueError for one that was never granted.

    Competencies of stacked awards are among the competencies, each under the key of the program that holds it. Ended
    awards keep their facts.
    """
    row = next(iter(_awarded(award.pk)), None)
    if row is None or row.awarded_on is None:
        raise ValueError("an award that was never granted has no facts")
    counted = tuple(_counted(row, ""))
    organization = awarded_by(row)
    return _facts(row, organization, counted, _stacked(row))


@compiled
def _awarded(award: int) -> QuerySet[Award]:
    rows = Award.objects.awarded().filter(pk=award)
    return rows.select_related(
        "learner", "achievement__organization", "achievement_version", "program_version__program"
    )


def _facts(
    row: Award, organization: Organization, counted: tuple["Counted", ...], stacked: tuple[StackedFact, ...]
) -> AwardFacts:
    said = row.achievement_version.content or {}
    content = row.program_version.content if row.program_version else None
    program = (content or {}).get("program", {})
    scales = scales_of(counted)
    return AwardFacts(
        award=str(row.public_id),
        learner=str(row.learner.public_id),
        learner_number=row.learner.learner_number,
        name=row.name_as_awarded or "",
        achievement=str(row.achievement.public_id),
        achievement_version=row.achievement_version.number,
        achievement_type=said["achievement"]["type"],
        title=said["title"],
        description=said["description"],
        criteria=said["criteria"],
        language=said["language"],
        organization=str(organization.public_id),
        organization_name=organization.name,
        organization_address=organization.address,
        zone=organization.time_zone,
        program=program.get("id", ""),
        program_code=program.get("code", ""),
        program_title=program.get("title", ""),
        program_version=row.program_version.number if row.program_version else None,
        credits=row.credits,
        credit_unit=row.credit_unit,
        requirements_met_on=row.requirements_met_on,
        awarded_on=row.awarded_on,  # type: ignore[arg-type]  # checked by the caller
        valid_until=row.valid_until,
        kind=row.kind,
        cycle=row.cycle,
        competencies=tuple(competency_facts(counted, scales, organization)),
        scales=tuple(scales[name] for name in sorted(scales)),
        stacked=stacked,
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """An attribution of a competency, the leaf it stands at, and what the published program says of it."""

    row: Attribution
    key: str
    competency: str
    statement: Mapping[str, Any]
    required: int


def _counted(award: Award, around: str) -> Iterator[Counted]:
    """What counted at the award's own leaves, and at those of the awards it is built on."""
    version = award.program_version
    if version is None or version.content is None:
        return
    content = version.content
    rows: dict[str, list[Attribution]] = {}
    for row in _attributions_of(award.pk):
        rows.setdefault(row.requirement_key, []).append(row)
    lower = {str(row.public_id): row for row in _lower(award)}
    for node, narrowed in with_levels(tree_of(version), 0):
        for row in rows.get(node.id, ()):
            if row.kind == AttainmentKind.AWARD and str(row.subject_id) in lower:
                yield from _counted(lower[str(row.subject_id)], f"{around}{node.id}{INSIDE}")
            elif node.kind is not rules.Kind.PROGRAM and row.kind in LEARNT:
                name = _competency_of(row)
                said = content["competencies"].get(name, {})
                required = max(narrowed, asked_by(content, node))
                yield Counted(row, f"{around}{node.id}", name, said, required)


@compiled
def _attributions_of(award: int) -> QuerySet[Attribution]:
    return Attribution.objects.filter(award=award).order_by("position")


def with_levels(node: rules.Requirement, above: int) -> Iterator[tuple[rules.Requirement, int]]:
    """Every node with the minimum level that holds there."""
    level = max(above, node.level)
    yield node, level
    for child in node.children:
        yield from with_levels(child, level)


def asked_by(content: Mapping[str, Any], node: rules.Requirement) -> int:
    """The level that the leaf's frozen policy asks for; 0 where it is decided from children."""
    policy = content["policies"].get(node.policy, {}).get("definition", {})
    return int(policy.get("level") or 0) if node.kind is rules.Kind.COMPETENCY else 0


def _competency_of(row: Attribution) -> str:
    """The public id of the competency that a row speaks of, empty where it names none."""
    if row.kind == AttainmentKind.MASTERY:
        return str(row.subject_id)
    found = Recognition.objects.filter(public_id=row.subject_id, competency__isnull=False)
    return next(map(str, found.values_list("competency__public_id", flat=True)), "")


def _lower(award: Award) -> list[Award]:
    """The awards that this one is built on, in the order of its tree."""
    rows = _attributions_of(award.pk)
    ids = tuple(dict.fromkeys(row.subject_id for row in rows if row.kind == AttainmentKind.AWARD))
    found = {row.public_id: row for row in _named_awards(ids)} if ids else {}
    return [found[name] for name in ids if name in found]


@compiled
def _named_awards(ids: tuple[uuid.UUID, ...]) -> QuerySet[Award]:
    rows = Award.objects.filter(public_id__in=ids)
    return rows.select_related("program_version", "achievement_version")


def _stacked(award: Award) -> tuple[StackedFact, ...]:
    return tuple(
        StackedFact(str(row.public_id), row.achievement_version.title, row.awarded_on)
        for row in _lower(award)
        if row.awarded_on is not None
    )


def scales_of(counted: Iterable[Counted]) -> dict[str, ScaleFact]:
    """The scales that what counted is measured on, by public id."""
    ids = {found.statement["scale"] for found in counted if found.statement.get("scale")}
    if not ids:  # awards without a program: even a queryset that asks nothing takes its time
        return {}
    rows = ProficiencyScale.objects.filter(public_id__in=ids).prefetch_related("levels")
    return {
        str(row.public_id): ScaleFact(
            str(row.public_id),
            row.title,
            tuple(
                LevelFact(level.rank, level.title, level.description)
                for level in sorted(row.levels.all(), key=lambda level: level.rank)
            ),
        )
        for row in rows
    }


def competency_facts(
    counted: tuple[Counted, ...], scales: Mapping[str, ScaleFact], organization: Organization
) -> Iterator[CompetencyFact]:
    """What counted as facts, in its order; study that brought credits alone is left out."""
    names = tuple({uuid.UUID(found.competency) for found in counted if found.competency})
    rows = _named_competencies(names) if names else []
    named = {str(row.public_id): row for row in rows}
    elsewhere = _studied_at([found.row.subject_id for found in counted if found.row.kind == AttainmentKind.RECOGNITION])
    for found in counted:
        row, competency = found.row, named.get(found.competency)
        if competency is None:  # recognised study without a competency: it brought credits alone
            continue
        scale = found.statement.get("scale") or ""
        yield CompetencyFact(
            requirement=found.key,
            uri=_uri(competency.source_uri, competency.get_absolute_url()),
            id=found.competency,
            code=found.statement.get("code", competency.code),
            statement=found.statement.get("statement", ""),
            framework=competency.framework.title,
            framework_uri=_uri(
                competency.framework.source_uri,
                reverse("competencies:framework", args=[competency.framework.public_id]),
            ),
            scale=scale,
            required_rank=found.required,
            required_level=_titled(scales, scale, found.required),
            reached_rank=row.level,
            reached_level=_titled(scales, scale, row.level or 0),
            basis=row.basis,
            achieved_on=row.achieved_on,
            organization=elsewhere.get(row.subject_id, organization.name),
            credits=row.credits or None,
        )


@compiled
def _named_competencies(ids: tuple[uuid.UUID, ...]) -> QuerySet[Competency]:
    return Competency.objects.filter(public_id__in=ids).select_related("framework")


def _studied_at(recognitions: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    if not recognitions:
        return {}
    rows = Recognition.objects.filter(public_id__in=list(recognitions), organization__isnull=False)
    return dict(rows.values_list("public_id", "organization__name"))


def _titled(scales: Mapping[str, ScaleFact], scale: str, rank: int) -> str:
    levels = scales[scale].levels if scale in scales else ()
    return next((level.title for level in levels if level.rank == rank), "")


def _uri(given: str, path: str) -> str:
    """The source's own URI where it is absolute, else where we publish the same."""
    return given if ABSOLUTE.fullmatch(given) else f"{settings.PUBLIC_URL}{path}"
