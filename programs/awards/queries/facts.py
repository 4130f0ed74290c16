"""An award as facts for documents, read from frozen content and the decision.

A competency that the content does not name, as with free credits, has the words of its revision of that time.
"""

import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Organization
from competencies.models import Competency, CompetencyRevision, ProficiencyScale
from core.database.compiled import compiled
from programs.audit.queries.awarding import awarding_organization_of
from programs.audit.queries.figures import figures_of_award
from programs.audit.queries.trees import INSIDE, tree_of
from programs.audit.rules import requirements as rules
from programs.audit.rules.figures import AskedCompetency, Way
from programs.awards.rules import AwardFacts, CompetencyFact, LevelFact, ScaleFact, StackedFact
from programs.models import Attribution, Award, Recognition
from programs.rules.attainments import LEARNT, AttainmentKind

ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


def facts_of(award: Award) -> AwardFacts:
    """Return all facts that a document about a granted award may show.

    Competencies of stacked awards are included, each under the key of its program. Ended awards keep their facts.
    Raises ValueError for an award that was never granted.
    """
    row = award_with_facts(award.pk)
    if row is None:
        raise ValueError("an award that was never granted has no facts")
    return facts_of_joined(row)


def award_with_facts(award: int) -> Award | None:
    """Return a granted award joined with the rows that documents are made from; None if it was never granted."""
    row = next(iter(_awarded(award)), None)
    return None if row is None or row.awarded_on is None else row


def facts_of_joined(row: Award) -> AwardFacts:
    """Return the facts of an award that `award_with_facts` has read, as `facts_of` does, without reading it again."""
    counted_at = _attributions_of(row.pk)
    lower = _lower(counted_at)
    stacked = tuple(
        StackedFact(str(each.public_id), each.achievement_version.title, each.awarded_on)
        for each in lower
        if each.awarded_on is not None
    )
    counted = with_statements(_counted_competencies(row, counted_at, lower, ""))
    waived = with_statements(waived_competencies(row)) if _has_exceptions(row, lower) else ()
    return _facts(row, awarding_organization_of(row), counted, waived, stacked)


def _has_exceptions(row: Award, lower: Sequence[Award]) -> bool:
    """Return whether an exception can have served the award: most have none to look for.

    Awards below the lower ones are not read here: they are looked for wherever there are any.
    """
    return any((each.decision or {}).get("exceptions") for each in (row, *lower)) or any(
        (each.decision or {}).get("awards") for each in lower
    )


def waived_competencies(award: Award) -> Iterator["CountedCompetency"]:
    """Yield the competencies that exceptions met in an award, those of its stacked awards too, each once."""
    for asked in figures_of_award(award).competencies:
        if asked.way in {Way.WAIVED, Way.FORCED}:
            content = (award.program_version.content if award.program_version else None) or {}
            yield waived_competency(asked, content, award.decided_at or award.proposed_at)


def waived_competency(asked: AskedCompetency, content: Mapping[str, Any], at: datetime) -> "CountedCompetency":
    """Return a competency that an exception met, in the shape of what counted; nothing of it is stored.

    `content` is the published program's.
    """
    row = Attribution(
        requirement_key=asked.key,
        kind=AttainmentKind.MASTERY.value,
        subject_id=uuid.UUID(asked.competency),
        credits=0,
        basis="",
    )
    required = max(asked.level, _level_of_policy(content, asked.policy))
    frozen = content.get("competencies", {}).get(asked.competency, {})
    return CountedCompetency(row, asked.key, asked.competency, frozen, required, at, way=str(asked.way))


@compiled
def _awarded(award: int) -> QuerySet[Award]:
    rows = Award.objects.awarded().filter(pk=award)
    return rows.select_related(
        "learner__user", "achievement__organization", "achievement_version", "program_version__program"
    )


def _facts(
    row: Award,
    organization: Organization,
    competencies_counted: tuple["CountedCompetency", ...],
    waived: tuple["CountedCompetency", ...],
    stacked: tuple[StackedFact, ...],
) -> AwardFacts:
    frozen = row.achievement_version.content or {}
    content = row.program_version.content if row.program_version else None
    program = (content or {}).get("program", {})
    scales = scales_of((*competencies_counted, *waived))
    return AwardFacts(
        award=str(row.public_id),
        learner=str(row.learner.public_id),
        learner_number=row.learner.learner_number,
        name=row.name_as_awarded or "",
        achievement=str(row.achievement.public_id),
        achievement_version=row.achievement_version.number,
        achievement_type=frozen["achievement"]["type"],
        title=frozen["title"],
        description=frozen["description"],
        criteria=frozen["criteria"],
        language=frozen["language"],
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
        competencies=tuple(competency_facts(competencies_counted, scales, organization)),
        scales=tuple(scales[name] for name in sorted(scales)),
        stacked=stacked,
        waived=tuple(competency_facts(waived, scales, organization)),
    )


@dataclass(frozen=True, slots=True)
class CountedCompetency:
    """An attribution of a competency, the key of its leaf, and the competency in the published program.

    `statement` is empty where the published program does not name the competency; `at` is the instant at which it
    counted. `way` is that of an exception, empty where something counted; `scale` the scale of a recognised level.
    """

    row: Attribution
    key: str
    competency: str
    statement: Mapping[str, Any]
    required: int
    at: datetime
    way: str = ""
    scale: str = ""


def with_statements(competencies_counted: Iterable[CountedCompetency]) -> tuple[CountedCompetency, ...]:
    """Return the counted competencies; those without a statement get the revision that was current when they counted.

    Free credits accept competencies that the published program does not name. Recognised levels get their scale.
    """
    found = _with_scales(tuple(competencies_counted))
    unnamed = {uuid.UUID(counted.competency) for counted in found if counted.competency and not counted.statement}
    if not unnamed:
        return found
    rows = CompetencyRevision.objects.filter(competency__public_id__in=unnamed).select_related("competency", "scale")
    revisions: dict[str, list[CompetencyRevision]] = {}
    for row in rows.order_by("number"):
        revisions.setdefault(str(row.competency.public_id), []).append(row)
    return tuple(
        replace(counted, statement=_statement_at(revisions[counted.competency], counted.at))
        if not counted.statement and counted.competency in revisions
        else counted
        for counted in found
    )


def _with_scales(found: tuple[CountedCompetency, ...]) -> tuple[CountedCompetency, ...]:
    """Return the counted competencies with the scale of each recognised level; a query only where there is one."""
    ids = {it.row.subject_id for it in found if it.row.kind == AttainmentKind.RECOGNITION and it.row.level}
    if not ids:
        return found
    rows = Recognition.objects.filter(public_id__in=ids, level__isnull=False)
    scales = dict(rows.values_list("public_id", "level__scale__public_id"))
    return tuple(replace(it, scale=str(scales.get(it.row.subject_id, ""))) for it in found)


def _statement_at(revisions: Sequence[CompetencyRevision], at: datetime) -> Mapping[str, Any]:
    """Return the last of the revisions that was made by then, in the shape of a published program's content."""
    # Imported evidence can be older than the first revision, which then says most nearly what was meant.
    row = next((row for row in reversed(revisions) if row.made_at <= at), revisions[0])
    return {
        "code": row.competency.code,
        "statement": row.statement,
        "scale": str(row.scale.public_id) if row.scale else None,
    }


def _counted_competencies(
    award: Award, attributions: Sequence[Attribution], lower: Sequence[Award], prefix: str
) -> Iterator[CountedCompetency]:
    """Yield the competencies that counted at the award's own leaves and at those of its stacked awards.

    `attributions` are those of the award, `lower` the awards that it depends on.
    """
    version = award.program_version
    if version is None or version.content is None:
        return
    content = version.content
    rows: dict[str, list[Attribution]] = {}
    for row in attributions:
        rows.setdefault(row.requirement_key, []).append(row)
    by_id = {row.public_id: row for row in lower}
    for node, narrowed in with_levels(tree_of(version), 0):
        for row in rows.get(node.id, ()):
            if row.kind == AttainmentKind.AWARD and row.subject_id in by_id:
                below = by_id[row.subject_id]
                inside = _attributions_of(below.pk)
                yield from _counted_competencies(below, inside, _lower(inside), f"{prefix}{node.id}{INSIDE}")
            elif node.kind is not rules.Kind.PROGRAM and row.kind in LEARNT:
                name = _competency_of(row)
                frozen = content["competencies"].get(name, {})
                required = max(narrowed, level_required_by(content, node))
                yield CountedCompetency(
                    row, f"{prefix}{node.id}", name, frozen, required, award.decided_at or award.proposed_at
                )


@compiled
def _attributions_of(award: int) -> QuerySet[Attribution]:
    return Attribution.objects.filter(award=award).order_by("position")


def with_levels(node: rules.Requirement, above: int) -> Iterator[tuple[rules.Requirement, int]]:
    """Yield every node with the minimum level in force there, from the node and those above."""
    level = max(above, node.level)
    yield node, level
    for child in node.children:
        yield from with_levels(child, level)


def level_required_by(content: Mapping[str, Any], node: rules.Requirement) -> int:
    """Return the level that the leaf's frozen policy requires; 0 where the competency is decided from children."""
    return _level_of_policy(content, node.policy) if node.kind is rules.Kind.COMPETENCY else 0


def _level_of_policy(content: Mapping[str, Any], name: str) -> int:
    return int(content.get("policies", {}).get(name, {}).get("definition", {}).get("level") or 0)


def _competency_of(row: Attribution) -> str:
    """Return the public id of the competency of an attribution, empty where there is none."""
    if row.kind == AttainmentKind.MASTERY:
        return str(row.subject_id)
    rows = Recognition.objects.filter(public_id=row.subject_id, competency__isnull=False)
    return next(map(str, rows.values_list("competency__public_id", flat=True)), "")


def _lower(attributions: Iterable[Attribution]) -> list[Award]:
    """Return the awards among the attributions of an award, in the order of its tree."""
    ids = tuple(dict.fromkeys(row.subject_id for row in attributions if row.kind == AttainmentKind.AWARD))
    by_id = {row.public_id: row for row in _named_awards(ids)} if ids else {}
    return [by_id[name] for name in ids if name in by_id]


@compiled
def _named_awards(ids: tuple[uuid.UUID, ...]) -> QuerySet[Award]:
    rows = Award.objects.filter(public_id__in=ids)
    return rows.select_related("program_version", "achievement_version")


def scales_of(competencies_counted: Iterable[CountedCompetency]) -> dict[str, ScaleFact]:
    """Return the scales of the counted competencies and of recognised levels, by public id."""
    named = [(counted.statement.get("scale"), counted.scale) for counted in competencies_counted]
    return scales_named({scale for both in named for scale in both if scale})


def scales_named(ids: Collection[str]) -> dict[str, ScaleFact]:
    """Return the scales with these public ids, by public id."""
    if not ids:  # awards without a program: even a queryset that returns nothing takes time to build
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
    competencies_counted: tuple[CountedCompetency, ...], scales: Mapping[str, ScaleFact], organization: Organization
) -> Iterator[CompetencyFact]:
    """Yield the counted competencies as facts, in their order, without recognitions of credits alone."""
    names = tuple({uuid.UUID(counted.competency) for counted in competencies_counted if counted.competency})
    rows = named_competencies(names) if names else []
    named = {str(row.public_id): row for row in rows}
    elsewhere = _studied_at(
        [counted.row.subject_id for counted in competencies_counted if counted.row.kind == AttainmentKind.RECOGNITION]
    )
    for counted in competencies_counted:
        row, competency = counted.row, named.get(counted.competency)
        if competency is None:  # a recognition of credits alone names no competency
            continue
        scale = counted.statement.get("scale") or ""
        yield CompetencyFact(
            requirement=counted.key,
            uri=uri_of(competency.source_uri, competency.get_absolute_url()),
            id=counted.competency,
            code=counted.statement.get("code", competency.code),
            statement=counted.statement.get("statement", ""),
            framework=competency.framework.title,
            framework_uri=uri_of(
                competency.framework.source_uri,
                reverse("competencies:framework", args=[competency.framework.public_id]),
            ),
            scale=scale,
            required_rank=counted.required,
            required_level=_titled(scales, scale, counted.required),
            reached_rank=row.level,
            reached_level=_titled(scales, counted.scale or scale, row.level or 0),
            basis=row.basis,
            achieved_on=row.achieved_on,
            organization=elsewhere.get(row.subject_id, organization.name),
            credits=row.credits or None,
            way=counted.way or _way_of(row),
            reached_scale="" if counted.scale == scale else counted.scale,
        )


def _way_of(row: Attribution) -> str:
    """Return how a competency was met by what counted there."""
    if row.exception is not None:
        return Way.SUBSTITUTED.value
    return (Way.RECOGNISED if row.kind == AttainmentKind.RECOGNITION else Way.MASTERED).value


@compiled
def named_competencies(ids: tuple[uuid.UUID, ...]) -> QuerySet[Competency]:
    """Return the competencies with these public ids, with what documents say of their frameworks."""
    # Not the JSON of the source that both rows carry: parsing it for each competency was a third of these facts' time.
    columns = ("public_id", "code", "source_uri", "framework__public_id", "framework__title", "framework__source_uri")
    return Competency.objects.filter(public_id__in=ids).select_related("framework").only(*columns)


def _studied_at(recognitions: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    if not recognitions:
        return {}
    rows = Recognition.objects.filter(public_id__in=list(recognitions), organization__isnull=False)
    return dict(rows.values_list("public_id", "organization__name"))


def _titled(scales: Mapping[str, ScaleFact], scale: str, rank: int) -> str:
    levels = scales[scale].levels if scale in scales else ()
    return next((level.title for level in levels if level.rank == rank), "")


def uri_of(uri: str, path: str) -> str:
    """Return the source's own URI where it is absolute, else the address where we publish the same.

    It is signed and printed, so that it lies below the origin that is promised to last, not below PUBLIC_URL.
    """
    return uri if ABSOLUTE.fullmatch(uri) else f"{settings.CAIRN_ORIGIN}{path}"
