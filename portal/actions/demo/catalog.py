"""What the demo's school offers: policies, rubrics, assessments and programs, each made once and then left alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from assessments.mastery.actions.policies import assign_policy, make_policy
from assessments.models import (
    Assessment,
    AssessmentKind,
    Criterion,
    CriterionLevel,
    MasteryPolicy,
    MasteryPolicyVersion,
    Rubric,
)
from assessments.rubrics.actions import CriterionEntry, LevelEntry, write_rubric
from assessments.work.actions.assessments import AssessmentTerms, open_assessment, write_assessment
from competencies.models import Competency, Framework, ProficiencyLevel, ProficiencyScale
from portal.actions.demo import content
from portal.actions.demo.days import Days
from portal.actions.demo.people import evening_school
from programs.curriculum.actions.achievements import Terms, set_achievement
from programs.curriculum.actions.authoring import Node, make_program, save_requirement, set_version_policy
from programs.curriculum.actions.publishing import publish_version
from programs.curriculum.queries.achievements import terms_of
from programs.decisions.actions import save_milestone
from programs.models import Granting, Milestone, Program, ProgramVersion, Requirement, RequirementKind, VersionState

FRAMEWORK = "Applied Data and Digital Care"
OPENED = 470  # days before the first day on which assessments open and programs are published
NOON = 12 * 60


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A row of a rubric with the code of its competency and its cells by rank."""

    code: str
    criterion: Criterion
    cells: Mapping[int, CriterionLevel]


@dataclass(frozen=True)
class Catalog:
    """What is there once it was made, found by the names that the content uses."""

    registrar: User
    _rows: dict[str, tuple[CriterionRow, ...]] = field(default_factory=dict)

    @cached_property
    def framework(self) -> Framework:
        """The framework of the demo."""
        return Framework.objects.get(title=FRAMEWORK)

    @cached_property
    def competencies(self) -> dict[str, Competency]:
        """By code; those that say the same in other languages have no scale."""
        rows = Competency.objects.filter(framework=self.framework, code__in=content.rubric_rows())
        scaled = rows.filter(revisions__superseded_at=None, revisions__scale__isnull=False)
        return {row.code: row for row in scaled}

    @cached_property
    def scale(self) -> ProficiencyScale:
        """The proficiency scale of its competencies."""
        revision = self.competencies["ADC.D1"].revisions.select_related("scale").get(superseded_at=None)
        if revision.scale is None:
            raise LookupError(FRAMEWORK)
        return revision.scale

    @cached_property
    def levels(self) -> dict[int, ProficiencyLevel]:
        """By rank."""
        return {level.rank: level for level in self.scale.levels.all()}

    @cached_property
    def assessments(self) -> dict[str, Assessment]:
        """By the code that the content gives them."""
        codes = {task.title: code for code, task in content.tasks().items()}
        return {codes[row.title]: row for row in Assessment.objects.filter(title__in=codes)}

    @cached_property
    def versions(self) -> dict[str, ProgramVersion]:
        """The published version of each program, by code."""
        rows = ProgramVersion.objects.published().select_related("program__organization")
        return {row.program.code: row for row in rows.filter(number=1)}

    def milestone(self, title: str) -> Milestone:
        """The milestone with this title."""
        return Milestone.objects.get(title=title)

    def criteria(self, code: str) -> tuple[CriterionRow, ...]:
        """The rubric by which an assessment is judged, read once."""
        if code not in self._rows:
            rows = (
                Criterion.objects.filter(
                    rubric_revision__assessment_revisions__assessment=self.assessments[code],
                    rubric_revision__superseded_at=None,
                )
                .select_related("competency_revision__competency")
                .prefetch_related("levels__level")
                .order_by("sequence")
            )
            self._rows[code] = tuple(
                CriterionRow(row.competency_revision.competency.code, row, {c.level.rank: c for c in row.levels.all()})
                for row in rows
            )
        return self._rows[code]


def seed_catalog(registrar: User, *, days: Days) -> Catalog:
    """Make what is missing, one transaction a thing."""
    catalog, at = Catalog(registrar), days.at(OPENED, NOON)
    policies = {name: _policy(name, catalog, at) for name in content.programs()["policies"]}
    root = Organization.objects.root()
    for task in content.tasks().values():
        if not Assessment.objects.filter(title=task.title).exists():
            _assessment(task, catalog, evening_school() if task.evening else root, at)
    for program in content.programs()["programs"]:
        if not Program.objects.filter(code=program["code"]).exists():
            _program(program, Catalog(registrar), policies, root, at)
    return Catalog(registrar)


@transaction.atomic
def _policy(name: str, catalog: Catalog, at: datetime) -> MasteryPolicyVersion:
    said: Mapping[str, Any] = content.programs()["policies"][name]
    standing = MasteryPolicy.objects.filter(title=said["title"]).first()
    if standing is not None:
        return standing.versions.get(number=1)
    rungs = [
        {"rank": rank, "reached_at": f"{rank}.00", "name": level.title}
        for rank, level in sorted(catalog.levels.items())
    ]
    scale = {"id": str(catalog.scale.public_id), "levels": rungs}
    definition = {**said["definition"], "scale": scale}
    version = make_policy(said["title"], definition=definition, by=catalog.registrar, at=at)
    where = said.get("where", [])
    if where == "framework":
        assign_policy(version, framework=catalog.framework, at=at)
    else:
        for code in where:
            assign_policy(version, competency=catalog.competencies[code], at=at)
    return version


@transaction.atomic
def _assessment(task: content.DemoTask, catalog: Catalog, school: Organization, at: datetime) -> None:
    by = catalog.registrar
    rows = []
    for code in task.competencies:
        said = content.rubric_rows()[code]
        cells = [LevelEntry(catalog.levels[rank], words) for rank, words in enumerate(said.levels, start=1)]
        rows.append(CriterionEntry(catalog.competencies[code], said.asks, cells))
    rubric: Rubric = write_rubric(task.title, criteria=rows, by=by, at=at).rubric
    asked = AssessmentTerms(
        kind=AssessmentKind(task.kind), rubric=rubric, instructions=task.instructions, judges_needed=task.judges
    )
    revision = write_assessment(task.title, organization=school, terms=asked, by=by, at=at)
    open_assessment(revision.assessment, by=by, at=at)


@transaction.atomic
def _program(
    said: Mapping[str, Any],
    catalog: Catalog,
    policies: Mapping[str, MasteryPolicyVersion],
    school: Organization,
    at: datetime,
) -> None:
    by = catalog.registrar
    draft = make_program(said["code"], title=said["title"], organization=school, by=by, at=at).versions.get()
    if "policy" in said:
        set_version_policy(draft, scale=catalog.scale, policy_version=policies[said["policy"]])
    _write_parts(said["parts"], draft.requirements.get(parent=None), catalog, at)
    set_achievement(draft, terms=_terms(said.get("award", {}), draft), by=by, at=at)
    publish_version(draft, by=by, at=at)


def _terms(said: Mapping[str, Any], draft: ProgramVersion) -> Terms:
    """What a program awards: as its shape says, unless something else is written."""
    chosen: dict[str, Any] = {"description": said.get("description", "")}
    if "granting" in said:
        chosen["granting"] = Granting(said["granting"])
    if "months" in said:
        chosen["valid_for_months"] = said["months"]
    return Terms(**{**terms_of(draft), **chosen})


def _write_parts(parts: list[dict[str, Any]], parent: Requirement, catalog: Catalog, at: datetime) -> None:
    for part in parts:
        row = save_requirement(None, version=parent.version, parent=parent, node=_node(part, catalog, at))
        _write_parts(part.get("parts", []), row, catalog, at)


def _node(part: Mapping[str, Any], catalog: Catalog, at: datetime) -> Node:
    worth = Decimal(part.get("credits", "0"))
    if "competency" in part:
        level = catalog.levels[part["level"]] if "level" in part else None
        competency = catalog.competencies[part["competency"]]
        title = competency.short_statement
        return Node(kind=RequirementKind.COMPETENCY, title=title, competency=competency, level=level, credits=worth)
    if "program" in part:
        inner = ProgramVersion.objects.get(program__code=part["program"], state=VersionState.PUBLISHED)
        return Node(kind=RequirementKind.PROGRAM, nested_version=inner, credits=worth)
    if "quantity" in part:
        milestone = save_milestone(None, title=part["quantity"], unit=part["unit"], at=at)
        least = Decimal(part["least"])
        return Node(kind=RequirementKind.QUANTITY, milestone=milestone, quantity_least=least, credits=worth)
    if "milestone" in part:
        milestone = save_milestone(None, title=part["milestone"], unit="", at=at)
        return Node(kind=RequirementKind.MILESTONE, milestone=milestone, credits=worth)
    if "choose" in part:
        return Node(kind=RequirementKind.CHOOSE, title=part["title"], choose_count=part["choose"])
    return Node(kind=RequirementKind.ALL, title=part["title"])
