"""Actions that publish, close and retire a program version. A published version never changes (invariant 7)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.actions.approvals import ask_approval
from accounts.actions.history import change_context
from accounts.models import Approval, ApprovalAct, ApprovedKind, Role, User
from accounts.queries.access import approval_for
from assessments.mastery.actions.policies import mark_policies_used, policies_deciding
from assessments.mastery.queries.policies_in_force import PolicyOrigin, ProgramPolicies, resolved_policies
from assessments.models import MasteryPolicyVersion
from competencies.actions import mark_scale_used, mark_used
from core.text.canonical import Json, digest
from programs.audit.formats.audit_result_json import requirement_as_json
from programs.audit.queries.awarding import awarding_date
from programs.audit.queries.trees import draft_tree, named_in, nodes_of, statements_of
from programs.curriculum.actions.achievements import publish_achievement, retire_achievement
from programs.curriculum.actions.drafts import locked_draft
from programs.curriculum.errors import TreeRefusedError
from programs.curriculum.queries.findings import findings_of
from programs.curriculum.queries.resolved import explicit_tree, resolved_tree
from programs.errors import NotPublishedError, WithoutPolicyError
from programs.models import Enrollment, MetBy, ProgramVersion, Requirement, RequirementKind, VersionState

FORMAT = "cairn-program@2"
"""Versions that were published as `cairn-program@1` stay so; only publishing writes this."""


@transaction.atomic
def publish_version(version: ProgramVersion, *, by: User | None, at: datetime, reason: str = "") -> ProgramVersion:
    """Freeze a draft, its award and the policy of each leaf, and put it in force as successor of earlier versions.

    Learners who are enrolled stay in their version; the earlier versions admit nobody from today on. Raises
    NotADraftError, TreeRefusedError with the findings, WithoutPolicyError, and ApprovalMissingError where a version is
    in force already.
    """
    with change_context(reason, by):
        draft = locked_draft(version)
        findings = findings_of(draft)
        if findings:
            raise TreeRefusedError(tuple(entry.finding for entry in findings))
        # Locked, so that two drafts published at once cannot both become the successor.
        before = list(
            ProgramVersion.objects.published().filter(program=draft.program_id, successor=None).select_for_update()
        )
        if before:
            approval_for(
                ApprovalAct.REPLACE,
                kind=ApprovedKind.PROGRAM_VERSION,
                subject_id=draft.public_id,
                digest=replacement_digest(draft),
            )
        # Policies first: the content is made from the rows that this freezes.
        _freeze_policies(draft, at)
        nodes = nodes_of(draft)
        draft.content = _content(draft, nodes)
        draft.digest = digest(draft.content)
        draft.state, draft.published_at = VersionState.PUBLISHED, at
        draft.save(update_fields=["content", "digest", "state", "published_at"])
        publish_achievement(draft, at=at)
        for earlier in before:
            earlier.successor = draft
            earlier.closed_to_entry_on = earlier.closed_to_entry_on or awarding_date(draft, at)
            earlier.save(update_fields=["successor", "closed_to_entry_on"])
    return draft


@transaction.atomic
def close_version(
    version: ProgramVersion, *, closed_to_entry_on: date, teach_out_until: date | None, by: User, reason: str
) -> ProgramVersion:
    """Set the day from which nobody is admitted, and the last day of teaching. Raises NotPublishedError."""
    with change_context(reason, by):
        locked = _locked_published(version)
        locked.closed_to_entry_on, locked.teach_out_until = closed_to_entry_on, teach_out_until
        locked.save(update_fields=["closed_to_entry_on", "teach_out_until"])
    return locked


@transaction.atomic
def retire_version(version: ProgramVersion, *, by: User, at: datetime, reason: str) -> ProgramVersion:
    """Retire a version and its achievement; learners who are enrolled still get the award.

    Raises NotPublishedError, and ApprovalMissingError while it has open enrollments without an approval.
    """
    with change_context(reason, by):
        locked = _locked_published(version)
        if Enrollment.objects.open().filter(version=locked).exists():
            approval_for(
                ApprovalAct.RETIRE,
                kind=ApprovedKind.PROGRAM_VERSION,
                subject_id=locked.public_id,
                digest=retirement_digest(locked),
            )
        locked.state, locked.retired_at = VersionState.RETIRED, at
        locked.save(update_fields=["state", "retired_at"])
        retire_achievement(locked, at=at)
    return locked


def ask_to_replace(version: ProgramVersion, *, by: User, reason: str, at: datetime) -> Approval:
    """Ask a registrar to approve that this draft, with its tree of now, follows the version in force."""
    return ask_approval(
        ApprovalAct.REPLACE,
        kind=ApprovedKind.PROGRAM_VERSION,
        subject_id=version.public_id,
        digest=replacement_digest(version),
        role=Role.REGISTRAR,
        reason=reason,
        by=by,
        at=at,
    )


def ask_to_retire(version: ProgramVersion, *, by: User, reason: str, at: datetime) -> Approval:
    """Ask a registrar to approve that this version is retired although it has open enrollments."""
    return ask_approval(
        ApprovalAct.RETIRE,
        kind=ApprovedKind.PROGRAM_VERSION,
        subject_id=version.public_id,
        digest=retirement_digest(version),
        role=Role.REGISTRAR,
        reason=reason,
        by=by,
        at=at,
    )


def replacement_digest(draft: ProgramVersion) -> str:
    """Return the digest of what an approval to follow the version in force approves: the draft's tree and credits."""
    return digest({"publishes": str(draft.public_id), "tree": requirement_as_json(resolved_tree(draft))})


def retirement_digest(version: ProgramVersion) -> str:
    """Return the digest of what an approval to retire a version approves."""
    return digest({"retires": str(version.public_id), "content": version.digest})


def _locked_published(version: ProgramVersion) -> ProgramVersion:
    # NO KEY: rows that only refer to the version (enrollments) may still be inserted meanwhile.
    locked = ProgramVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if locked.state != VersionState.PUBLISHED:
        raise NotPublishedError
    return locked


def _freeze_policies(draft: ProgramVersion, at: datetime) -> None:
    """Store in each leaf its policy and its competency's revision; both are marked as used, which freezes them."""
    leaves = list(
        draft.requirements.filter(kind=RequirementKind.COMPETENCY).select_related("competency", "policy_version__scale")
    )
    assigned = draft.policy_assignments.select_related("policy_version__scale")
    of_version = {row.scale_id: row.policy_version for row in assigned}
    revisions = statements_of(_own_names(nodes_of(draft)))
    without_scale = tuple(str(leaf) for leaf in leaves if revisions[str(leaf.competency.public_id)].scale_id is None)  # type: ignore[union-attr]  # its kind names one
    if without_scale:
        raise WithoutPolicyError(without_scale)
    mark_used(
        revisions.values(), at=at
    )  # revisions before scales: recording evidence takes these locks in the same order
    for leaf in leaves:
        revision = revisions[str(leaf.competency.public_id)]  # type: ignore[union-attr]  # as above
        leaf.competency_revision = revision
        leaf.policy_in_force, leaf.policy_origin = _deciding_policy(
            leaf, ProgramPolicies(leaf.policy_version, of_version.get(revision.scale_id or 0)), at
        )
        leaf.save(update_fields=["competency_revision", "policy_in_force", "policy_origin"])
    mark_policies_used((leaf.policy_in_force for leaf in leaves if leaf.policy_in_force), at=at)
    for node in draft.requirements.filter(level__isnull=False).select_related("level__scale"):
        if node.level is not None:
            mark_scale_used(node.level.scale, at=at)


def _deciding_policy(leaf: Requirement, policies: ProgramPolicies, at: datetime) -> tuple[MasteryPolicyVersion, str]:
    competency = leaf.competency_id or 0
    resolved = resolved_policies([competency], program_policies={competency: policies})[competency]
    if resolved.version is not None:
        return resolved.version, resolved.origin.value
    return policies_deciding([competency], at=at)[competency], PolicyOrigin.DEFAULT.value


def _content(version: ProgramVersion, nodes: list[Requirement]) -> dict[str, Json]:
    """Return the whole version as JSON.

    Audits, pages and documents read only this, so later changes cannot reach them.
    """
    inside = [node.nested_version for node in nodes if node.nested_version is not None]
    stacked: list[Mapping[str, Any]] = [row.content for row in inside if row.content]
    policies = {str(node.policy_in_force.public_id): node.policy_in_force for node in nodes if node.policy_in_force}
    return {
        "format": FORMAT,
        "program": {
            "id": str(version.program.public_id),
            "code": version.program.code,
            "title": version.program.title,
        },
        "version": {"id": str(version.public_id), "number": version.number, "credit_unit": version.credit_unit},
        # What meets a stacked program whose node says nothing.
        "programs_met_by": MetBy.AWARD.value,
        "tree": explicit_tree(resolved_tree(version, nodes)),
        "requirements": _of_nodes(nodes),
        "competencies": {**_merged(stacked, "competencies"), **_statements(nodes)},
        "policies": {
            **_merged(stacked, "policies"),
            **{
                name: {"title": str(row), "digest": row.digest, "definition": row.definition}
                for name, row in sorted(policies.items())
            },
        },
        "programs": {
            **_merged(stacked, "programs"),
            **{
                str(row.program.public_id): {
                    "title": row.program.title,
                    "version": str(row.public_id),
                    "digest": row.digest,
                }
                for row in inside
            },
        },
    }


def _of_nodes(nodes: list[Requirement]) -> dict[str, Json]:
    """Return facts of nodes that the tree does not have: the row, and where the policy was set."""
    return {
        node.key: {
            "id": str(node.public_id),
            "policy_origin": node.policy_origin,
            "level": node.level.title if node.level else "",
        }
        for node in nodes
    }


def _own_names(nodes: list[Requirement]) -> frozenset[str]:
    """Return the competencies (public ids) that the version's own nodes name; stacked programs have frozen theirs."""
    own = draft_tree([node for node in nodes if node.nested_version is None])
    listed = {
        name for node in own.walk() for name in (*node.excludes, *(it for cap in node.max_listed for it in cap.accepts))
    }
    return named_in(own) | listed


def _statements(nodes: list[Requirement]) -> dict[str, Json]:
    return {
        name: {
            "code": row.competency.code,
            "statement": row.statement,
            "criteria": row.criteria,
            "revision": str(row.public_id),
            "number": row.number,
            "scale": str(row.scale.public_id) if row.scale else None,
        }
        for name, row in sorted(statements_of(_own_names(nodes)).items())
    }


def _merged(stacked: list[Mapping[str, Any]], member: str) -> dict[str, Json]:
    """Return a member of all stacked programs' content, so that this content is complete in itself."""
    return {name: value for content in stacked for name, value in content[member].items()}
