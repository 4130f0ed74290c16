"""Actions on programs and on the trees of drafts. Nothing here changes a published version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.history import change_context
from accounts.models import Organization, User
from assessments.models import MasteryPolicyVersion
from competencies.models import Competency, CompetencyRevision, ProficiencyLevel, ProficiencyScale
from programs.audit.queries.trees import FIRST_CONTENT
from programs.audit.rules.qualifiers import QualifierFault, Qualifiers
from programs.curriculum.actions.drafts import locked_draft
from programs.errors import (
    CodeTakenError,
    DraftExistsError,
    ElsewhereError,
    LeafError,
    LevelOfAnotherScaleError,
    NotPublishedError,
    PartnerAwardsError,
    PolicyOfAnotherScaleError,
    ProgramInItselfError,
    QualifierError,
    RootStaysError,
)
from programs.models import (
    MetBy,
    Milestone,
    Program,
    ProgramVersion,
    Requirement,
    RequirementKind,
    Sharing,
    VersionPolicyAssignment,
    VersionState,
)
from programs.models.requirements import GROUP_KINDS, SHARING_KINDS

COPIED = (
    "key",
    "sequence",
    "kind",
    "title",
    "competency_id",
    "level_id",
    "credits",
    "choose_count",
    "credits_least",
    "quantity_least",
    "nested_version_id",
    "milestone_id",
    "qualifiers",
    "policy_version_id",
    "sharing",
    "met_by",
)
TANGLES = {
    "requirement_programs_have_no_ring": ProgramInItselfError,
    "requirement_tree_has_no_ring": ElsewhereError,
    "requirement_parent_of_its_version": ElsewhereError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The values of a requirement. Members that its kind does not use are dropped when it is saved."""

    kind: RequirementKind
    title: str = ""
    competency: Competency | None = None
    level: ProficiencyLevel | None = None
    credits: Decimal = Decimal(0)
    choose_count: int | None = None
    credits_least: Decimal | None = None
    quantity_least: Decimal | None = None
    nested_version: ProgramVersion | None = None
    milestone: Milestone | None = None
    qualifiers: Mapping[str, object] = field(default_factory=dict)
    policy_version: MasteryPolicyVersion | None = None
    sharing: Sharing | None = None
    met_by: MetBy | None = None


@transaction.atomic
def make_program(code: str, *, title: str, organization: Organization, by: User | None, at: datetime) -> Program:
    """Make a program with an empty draft. Raises CodeTakenError, PartnerAwardsError."""
    with change_context("", by):
        with constraint_errors(
            {"program_code_is_one": CodeTakenError, "awarding_organization_is_ours": PartnerAwardsError}
        ):
            program = Program.objects.create(
                code=code.strip(), title=title.strip(), organization=organization, made_at=at
            )
        _new_draft(program, number=1, at=at)
    return program


@transaction.atomic
def rename_program(program: Program, *, code: str, title: str, by: User | None, reason: str) -> Program:
    """Set code and title; published and signed content keeps the old title. Raises CodeTakenError."""
    with change_context(reason, by), constraint_errors({"program_code_is_one": CodeTakenError}):
        locked = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        locked.code, locked.title = code.strip(), title.strip()
        locked.save(update_fields=["code", "title"])
    return locked


@transaction.atomic
def make_draft(program: Program, *, based_on: ProgramVersion | None, by: User | None, at: datetime) -> ProgramVersion:
    """Make the next version, empty or with the tree and the policies of a published one; nodes keep their keys.

    Raises DraftExistsError, NotPublishedError, ElsewhereError when `based_on` is of another program.
    """
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    if program.versions.drafts().exists():
        raise DraftExistsError
    if based_on is not None and based_on.program_id != program.pk:
        raise ElsewhereError
    if based_on is not None and based_on.state == VersionState.DRAFT:
        raise NotPublishedError
    last = program.versions.aggregate(last=Max("number"))["last"] or 0
    with change_context("", by):
        return _new_draft(program, number=last + 1, at=at, based_on=based_on)


@transaction.atomic
def save_requirement(
    requirement: Requirement | None, *, version: ProgramVersion, node: Node, parent: Requirement | None = None
) -> Requirement:
    """Add a requirement as the last part of `parent`, or replace all values of an existing one.

    Raises NotADraftError, ElsewhereError, LeafError, QualifierError, ProgramInItselfError, RootStaysError,
    LevelOfAnotherScaleError, PolicyOfAnotherScaleError, NotPublishedError for a stacked draft.
    """
    draft = locked_draft(version)
    if requirement is None:
        saved = Requirement(version=draft, key=_next_key(draft), parent=_group(parent, draft))
        saved.sequence = _next_place(parent)
    else:
        saved = _own(requirement, draft)
        if saved.parent_id is None and node.kind not in SHARING_KINDS:
            raise RootStaysError
        if node.kind not in GROUP_KINDS and saved.children.exists():
            raise LeafError
    _fill(saved, node)
    with constraint_errors(TANGLES):
        saved.save()
    return saved


@transaction.atomic
def ask_for_competencies(
    version: ProgramVersion, *, parent: Requirement, competencies: Sequence[Competency], worth: Decimal = Decimal(0)
) -> list[Requirement]:
    """Add a requirement for each competency as the last parts of `parent`, each with `worth` credits.

    Raises NotADraftError, ElsewhereError, LeafError.
    """
    nodes = [Node(kind=RequirementKind.COMPETENCY, competency=row, credits=worth) for row in competencies]
    return [save_requirement(None, version=version, parent=parent, node=node) for node in nodes]


@transaction.atomic
def move_requirement(requirement: Requirement, *, parent: Requirement, place: int) -> Requirement:
    """Put a requirement with all below it into a group of the same tree, as its part number `place` (from 0).

    Raises NotADraftError, ElsewhereError, LeafError, RootStaysError.
    """
    draft = locked_draft(requirement.version)
    moved, target = _own(requirement, draft), _group(parent, draft)
    if moved.parent_id is None:
        raise RootStaysError
    before = moved.parent_id
    siblings = [row for row in target.children.order_by("sequence") if row.pk != moved.pk]
    siblings.insert(max(0, min(place, len(siblings))), moved)
    moved.parent = target
    with constraint_errors(TANGLES):
        _number(siblings)
        if before != target.pk:
            _number(list(Requirement.objects.filter(parent=before).order_by("sequence")))
    return moved


@transaction.atomic
def shift_requirement(requirement: Requirement, *, steps: int) -> int:
    """Move a requirement among its siblings, towards the end if `steps` is above 0; return its place, from 0.

    It stops at the first and at the last place. Raises as `move_requirement`.
    """
    own = _own(requirement, locked_draft(requirement.version))
    if own.parent is None:
        raise RootStaysError
    keys = list(own.parent.children.order_by("sequence").values_list("pk", flat=True))
    place = max(0, min(keys.index(own.pk) + steps, len(keys) - 1))
    move_requirement(own, parent=own.parent, place=place)
    return place


@transaction.atomic
def nest_requirement(requirement: Requirement, *, node: Node) -> Requirement:
    """Replace a requirement by a new group with it as the only part; return the group.

    Raises NotADraftError, ElsewhereError, LeafError, RootStaysError, and as `save_requirement`.
    """
    draft = locked_draft(requirement.version)
    inner = _own(requirement, draft)
    if inner.parent_id is None:
        raise RootStaysError
    if node.kind not in GROUP_KINDS:
        raise LeafError
    group = Requirement(version=draft, key=_next_key(draft), parent=inner.parent, sequence=inner.sequence)
    _fill(group, node)
    group.save()
    inner.parent, inner.sequence = group, 0
    inner.save(update_fields=["parent", "sequence"])
    return group


@transaction.atomic
def qualify_requirement(requirement: Requirement, *, qualifiers: Mapping[str, object]) -> Requirement:
    """Set only the qualifiers. Raises NotADraftError, ElsewhereError, QualifierError."""
    own = _own(requirement, locked_draft(requirement.version))
    own.qualifiers = _qualifiers(RequirementKind(own.kind), qualifiers)
    own.save(update_fields=["qualifiers"])
    return own


@transaction.atomic
def remove_requirement(requirement: Requirement) -> int:
    """Remove a requirement and all below it; return the number of rows. Raises NotADraftError, RootStaysError."""
    own = _own(requirement, locked_draft(requirement.version))
    if own.parent_id is None:
        raise RootStaysError
    levels = [[own.pk]]
    while below := list(Requirement.objects.filter(parent__in=levels[-1]).values_list("pk", flat=True)):
        levels.append(below)
    for rows in reversed(levels):
        Requirement.objects.filter(pk__in=rows).delete()
    return sum(map(len, levels))


@transaction.atomic
def set_version_policy(
    version: ProgramVersion, *, scale: ProficiencyScale, policy_version: MasteryPolicyVersion | None
) -> VersionPolicyAssignment | None:
    """Set the policy for a scale in this whole draft; None removes it.

    Raises NotADraftError, PolicyOfAnotherScaleError.
    """
    draft = locked_draft(version)
    VersionPolicyAssignment.objects.filter(version=draft, scale=scale).delete()
    if policy_version is None:
        return None
    if policy_version.scale_id != scale.pk:
        raise PolicyOfAnotherScaleError
    return VersionPolicyAssignment.objects.create(version=draft, scale=scale, policy_version=policy_version)


@transaction.atomic
def set_sharing(requirement: Requirement, *, sharing: Sharing) -> Requirement:
    """Say whether one piece of study may count for several parts of a group.

    Raises NotADraftError, ElsewhereError, LeafError for what has no parts of its own.
    """
    own = _own(requirement, locked_draft(requirement.version))
    if own.kind not in SHARING_KINDS:
        raise LeafError
    own.sharing = sharing
    own.save(update_fields=["sharing"])
    return own


def _new_draft(
    program: Program, *, number: int, at: datetime, based_on: ProgramVersion | None = None
) -> ProgramVersion:
    draft = ProgramVersion(program=program, number=number, made_at=at)
    if based_on is not None:
        draft.credit_unit = based_on.credit_unit
    draft.save()
    if based_on is None:
        Requirement.objects.create(version=draft, key="r1", sequence=0, kind=RequirementKind.ALL, title=program.title)
        return draft
    for assigned in based_on.policy_assignments.all():
        draft.policy_assignments.create(policy_version=assigned.policy_version, scale=assigned.scale)
    for entry in based_on.credit_table.all():
        draft.credit_table.create(competency_id=entry.competency_id, credits=entry.credits)
    for role in based_on.organization_roles.all():
        draft.organization_roles.create(organization=role.organization, part=role.part)
    _copy_tree(based_on, draft)
    return draft


def _copy_tree(source: ProgramVersion, draft: ProgramVersion) -> None:
    # What was published before anybody was asked is shared: the copy says so, and its author can change it.
    silent = (source.content or {}).get("format") == FIRST_CONTENT
    copies: dict[int | None, Requirement | None] = {None: None}
    waiting = list(source.requirements.order_by("pk"))
    while waiting:  # one turn per level of the tree
        ready = [row for row in waiting if row.parent_id in copies]
        for row in ready:
            copy = Requirement(version=draft, parent=copies[row.parent_id])
            for name in COPIED:
                setattr(copy, name, getattr(row, name))
            if silent and copy.kind in SHARING_KINDS and not copy.sharing and not copy.qualifiers.get("accepts"):
                copy.sharing = Sharing.SHARED
            copy.save()
            copies[row.pk] = copy
        waiting = [row for row in waiting if row.pk not in copies]


def _own(requirement: Requirement, draft: ProgramVersion) -> Requirement:
    """Read the row again, from this draft."""
    row = Requirement.objects.select_related("parent").filter(pk=requirement.pk, version=draft).first()
    if row is None:
        raise ElsewhereError
    return row


def _group(parent: Requirement | None, draft: ProgramVersion) -> Requirement:
    if parent is None:
        raise RootStaysError
    row = _own(parent, draft)
    if row.kind not in GROUP_KINDS:
        raise LeafError
    return row


def _next_key(draft: ProgramVersion) -> str:
    """Return a key that no node of any version has had, because exceptions name nodes by key across versions."""
    keys = Requirement.objects.filter(version__program=draft.program_id).values_list("key", flat=True)
    return f"r{max((int(key[1:]) for key in keys), default=0) + 1}"


def _next_place(parent: Requirement | None) -> int:
    last = Requirement.objects.filter(parent=parent).aggregate(last=Max("sequence"))["last"]
    return 0 if last is None else last + 1


def _number(siblings: list[Requirement]) -> None:
    for place, row in enumerate(siblings):
        row.sequence = place
        row.save(update_fields=["parent", "sequence"])


def _fill(row: Requirement, node: Node) -> None:
    kind = node.kind
    _check_level(node)
    if node.nested_version is not None and node.nested_version.state != VersionState.PUBLISHED:
        raise NotPublishedError
    of_milestone = kind in {RequirementKind.MILESTONE, RequirementKind.QUANTITY}
    row.kind, row.title = kind, node.title.strip()
    row.competency = node.competency if kind == RequirementKind.COMPETENCY else None
    row.nested_version = node.nested_version if kind == RequirementKind.PROGRAM else None
    row.milestone = node.milestone if of_milestone else None
    row.choose_count = (node.choose_count or 0) if kind == RequirementKind.CHOOSE else None
    row.quantity_least = (node.quantity_least or Decimal(0)) if kind == RequirementKind.QUANTITY else None
    row.credits, row.credits_least, row.level = node.credits, node.credits_least, node.level
    row.qualifiers = _qualifiers(kind, node.qualifiers)
    row.sharing = (node.sharing or "") if kind in SHARING_KINDS else ""
    row.met_by = (node.met_by or "") if kind == RequirementKind.PROGRAM else ""
    row.policy_version = node.policy_version if kind == RequirementKind.COMPETENCY else None


def _check_level(node: Node) -> None:
    """Refuse a level or a policy that is not on the competency's own scale."""
    if node.kind != RequirementKind.COMPETENCY or node.competency is None:
        return
    scale = CompetencyRevision.objects.current().filter(competency=node.competency).values_list("scale", flat=True)[0]
    if node.level is not None and node.level.scale_id != scale:
        raise LevelOfAnotherScaleError
    if node.policy_version is not None and node.policy_version.scale_id != scale:
        raise PolicyOfAnotherScaleError


def _qualifiers(kind: RequirementKind, qualifiers: Mapping[str, object]) -> dict[str, object]:
    try:
        read = Qualifiers.read(qualifiers)
    except QualifierFault as fault:
        raise QualifierError(fault.member) from fault
    if (read.condition is None) == (kind == RequirementKind.IF):
        raise QualifierError("condition")
    return dict(read.as_json())
