"""Write mastery policies and assign them to places. A version in use never changes; the next version is a new row."""

import contextlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from accounts.actions.history import change_context
from accounts.models import ApprovalAct, ApprovedKind, User
from accounts.queries.access import approval_for
from assessments import jobs
from assessments.errors import PolicyEndedError, PolicyInForceError, ScaleOfPolicyError
from assessments.mastery.formats.decision_json import as_json
from assessments.mastery.formats.policy_json import read_parent_policy, read_policy
from assessments.mastery.queries.policies_in_force import (
    ResolvedPolicy,
    children_of,
    default_policy_on,
    policy_of,
    resolved_policies,
)
from assessments.mastery.rules.faults import PolicyError
from assessments.mastery.rules.policies import ParentPolicy, Policy
from assessments.models import MasteryPolicy, MasteryPolicyVersion, PolicyAssignment
from competencies.actions import mark_scale_used
from competencies.models import Competency, CompetencyRevision, Framework, ProficiencyScale
from core.jobs import enqueue
from core.text.canonical import Json, digest

DEFAULT_TITLE = "Default on {scale}"


@transaction.atomic
def make_policy(title: str, *, definition: Mapping[str, Json], by: User | None, at: datetime) -> MasteryPolicyVersion:
    """Make a policy with its first version. `definition` is JSON of a policy; without a level it is one for parents.

    Raises FormatError or PolicyError with every fault, and ScaleOfPolicyError.
    """
    policy = _read(definition)
    with change_context("", by):
        return _write_version(MasteryPolicy.objects.create(title=title, made_at=at), policy, at)


@transaction.atomic
def make_policy_version(policy: MasteryPolicy, *, definition: Mapping[str, Json], at: datetime) -> MasteryPolicyVersion:
    """Make the next version. The earlier versions stay, and go on deciding where they are assigned.

    Raises as `make_policy` does, and PolicyEndedError when the policy is retired.
    """
    # Versions are numbered one after the other: two at the same moment take turns at the policy.
    locked = MasteryPolicy.objects.select_for_update(no_key=True).get(pk=policy.pk)
    if locked.retired_at is not None:
        raise PolicyEndedError
    return _write_version(locked, _read(definition), at)


@transaction.atomic
def retire_policy(policy: MasteryPolicy, *, by: User, reason: str, at: datetime) -> MasteryPolicy:
    """Offer the policy no longer; existing assignments go on. Raises PolicyEndedError."""
    with change_context(reason, by):
        locked = MasteryPolicy.objects.select_for_update(no_key=True).get(pk=policy.pk)
        if locked.retired_at is not None:
            raise PolicyEndedError
        locked.retired_at = at
        locked.save(update_fields=["retired_at"])
    return locked


@transaction.atomic
def assign_policy(
    version: MasteryPolicyVersion,
    *,
    framework: Framework | None = None,
    competency: Competency | None = None,
    at: datetime,
) -> PolicyAssignment:
    """Let `version` decide a framework, one competency, or (with neither) the whole institution, from now on.

    Stored rows of mastery keep the version they have, so no mastery is lost silently. Raises PolicyInForceError,
    PolicyEndedError, PolicyError where terms name no child of the competency, and ApprovalMissingError where it
    replaces a policy that has already decided something.
    """
    locked = MasteryPolicyVersion.objects.select_for_update(no_key=True).select_related("policy").get(pk=version.pk)
    if locked.policy.retired_at is not None:
        raise PolicyEndedError
    if competency is not None:
        _require_children(locked, competency)
    # A place to which no policy is assigned yet has no row that could be locked: the scale is locked in its stead.
    ProficiencyScale.objects.select_for_update(no_key=True).get(pk=locked.scale_id)
    place = {
        "framework": framework,
        "competency": competency,
        "scale_id": locked.scale_id,
        "for_parents": locked.for_parents,
    }
    current = PolicyAssignment.objects.filter(**place, ended_at=None).select_related("policy_version__policy").first()
    if current is not None:
        _replace(current, locked, at)
    made = PolicyAssignment.objects.create(**place, policy_version=locked, assigned_at=at)
    _decide_parents_again(made)
    return made


@transaction.atomic
def end_assignment(assignment: PolicyAssignment, *, at: datetime) -> PolicyAssignment:
    """End an assignment: from now on the next wider place decides again. Raises PolicyEndedError.

    Competencies that are decided from the children there are decided again by background jobs.
    """
    locked = PolicyAssignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    if locked.ended_at is not None:
        raise PolicyEndedError
    locked.ended_at = at
    locked.save(update_fields=["ended_at"])
    _decide_parents_again(locked)
    return locked


def _decide_parents_again(assignment: PolicyAssignment) -> None:
    """Promise that mastery which rests on the competencies of a place is decided by the policies that apply now.

    A row keeps the policy that decides it, but its children are decided by the policies in force.
    """
    # The job reads who is concerned after this is committed. A place wider than one competency concerns all of them.
    enqueue(jobs.DECIDE_PARENTS_AGAIN, assignment.competency_id or 0, 0, unique=True)


def replacement_digest(current: PolicyAssignment, version: MasteryPolicyVersion) -> str:
    """Return the digest of what an approval permits: that `version` replaces this very assignment."""
    return digest({"ends": current.pk, "replaced_by": str(version.public_id), "definition": version.digest})


def policies_deciding(
    competencies: Iterable[int], *, at: datetime, revisions: Iterable[CompetencyRevision] | None = None
) -> dict[int, MasteryPolicyVersion]:
    """Return the stored version that decides each competency with a scale; a default is stored when first needed.

    Runs in the caller's transaction. `revisions` are the current revisions with their competencies; None reads them.
    """
    policies = resolved_policies(competencies, revisions=revisions)
    versions = {pk: resolved.version or _default_version(resolved, at) for pk, resolved in policies.items()}
    mark_policies_used(versions.values(), at=at)
    return versions


def mark_policies_used(versions: Iterable[MasteryPolicyVersion], *, at: datetime) -> None:
    """Freeze versions and their scales; called by the action that first points at them, in its transaction."""
    # In the order of their ids, so that two transactions never wait for each other's rows.
    for version in sorted({row for row in versions if row.used_at is None}, key=lambda row: row.pk):
        MasteryPolicyVersion.objects.filter(pk=version.pk, used_at=None).update(used_at=at)
        mark_scale_used(version.scale, at=at)
        version.used_at = at


def _default_version(resolved: ResolvedPolicy, at: datetime) -> MasteryPolicyVersion:
    """Return the default version of a scale, stored and assigned to the institution when it is needed first."""
    policy = resolved.policy
    if not isinstance(policy, Policy):
        raise TypeError("the default decides from evidence")
    # Two transactions that need it first at the same moment take turns here; the second finds what the first stored.
    scale = ProficiencyScale.objects.select_for_update(no_key=True).get(public_id=policy.scale.id)
    place = PolicyAssignment.objects.filter(framework=None, competency=None, scale=scale, for_parents=False)
    assigned = place.filter(ended_at=None).select_related("policy_version__scale").first()
    if assigned is not None:
        return assigned.policy_version
    title = DEFAULT_TITLE.format(scale=scale.title)[:200]
    version = _write_version(MasteryPolicy.objects.create(title=title, made_at=at), default_policy_on(scale), at)
    PolicyAssignment.objects.create(policy_version=version, scale=scale, assigned_at=at)
    return version


def _read(definition: Mapping[str, Json]) -> Policy | ParentPolicy:
    """Read a policy from its JSON; only policies for parents have no level."""
    return read_policy(definition) if "level" in definition else read_parent_policy(definition)


def _write_version(policy: MasteryPolicy, rules: Policy | ParentPolicy, at: datetime) -> MasteryPolicyVersion:
    """Write the next version of a policy whose row is locked or new. Raises ScaleOfPolicyError."""
    for_parents = isinstance(rules, ParentPolicy)
    scale = _scale_of(rules)
    last = policy.versions.aggregate(last=Max("number"))["last"] or 0
    definition = as_json(
        rules
    )  # written from the parsed policy: defaults are spelled out, so equal rules digest equally
    return MasteryPolicyVersion.objects.create(
        policy=policy,
        number=last + 1,
        definition=definition,
        digest=digest(definition),
        scale=scale,
        for_parents=for_parents,
        made_at=at,
    )


def _scale_of(rules: Policy | ParentPolicy) -> ProficiencyScale:
    """Return the scale that a policy names. Raises ScaleOfPolicyError when its levels are not those of the scale."""
    named = rules.scale if isinstance(rules, ParentPolicy) else rules.scale.id
    scale = ProficiencyScale.objects.prefetch_related("levels").filter(public_id__in=_as_ids(named)).first()
    if scale is None:
        raise ScaleOfPolicyError
    if isinstance(rules, Policy) and [level.rank for level in rules.scale.levels] != sorted(
        level.rank for level in scale.levels.all()
    ):
        raise ScaleOfPolicyError
    return scale


def _as_ids(named: str) -> list[uuid.UUID]:
    """Return the UUID in a text as a list, empty when the text is none: a bad id finds no scale."""
    with contextlib.suppress(ValueError):
        return [uuid.UUID(named)]
    return []


def _require_children(version: MasteryPolicyVersion, competency: Competency) -> None:
    """Raise PolicyError for terms that name no child of `competency`: their points could never be earned."""
    policy = policy_of(version)
    if not isinstance(policy, ParentPolicy) or not policy.terms:
        return
    children = children_of([competency.pk]).get(competency.pk, ())
    named = Q(pk__in=children) | Q(public_id__in=[terms.competency for terms in policy.terms])
    codes = {str(name): code for name, code in Competency.objects.filter(named).values_list("public_id", "code")}
    names = set(map(str, Competency.objects.filter(pk__in=children).values_list("public_id", flat=True)))
    # People know competencies by code, not by public id.
    choices = ", ".join(sorted(codes[name] for name in names))
    faults = tuple(
        replace(fault, values={"given": codes.get(fault.values["given"], fault.values["given"]), "choices": choices})
        for fault in policy.terms_without_child(names)
    )
    if faults:
        raise PolicyError(*faults)


def _replace(current: PolicyAssignment, version: MasteryPolicyVersion, at: datetime) -> None:
    """End the assignment that `version` replaces. Raises PolicyInForceError and ApprovalMissingError."""
    if current.policy_version_id == version.pk:
        raise PolicyInForceError
    # A policy that has decided nothing yet can be replaced by one person alone.
    if current.policy_version.used_at is not None:
        approval_for(
            ApprovalAct.REPLACE,
            kind=ApprovedKind.POLICY,
            subject_id=current.policy_version.policy.public_id,
            digest=replacement_digest(current, version),
        )
    current.ended_at = at
    current.save(update_fields=["ended_at"])
