"""A draft is written, linted and published; from then on it stays, whoever asks (invariants 7 and 8)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.actions.approvals import decide_approval
from accounts.errors import ApprovalMissingError
from accounts.models import Organization, Role, User
from assessments.mastery.actions.policies import make_policy
from assessments.models import Assessment
from competencies.models import Competency, CompetencyRevision, ProficiencyScale
from core.text.canonical import digest
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import Kind
from programs.curriculum.actions.achievements import publish_achievement
from programs.curriculum.actions.authoring import (
    Node,
    make_draft,
    make_program,
    move_requirement,
    nest_requirement,
    remove_requirement,
    save_requirement,
    set_version_policy,
    shift_requirement,
)
from programs.curriculum.actions.publishing import ask_to_replace, publish_version, replacement_digest, retire_version
from programs.curriculum.errors import TreeRefusedError
from programs.curriculum.queries.findings import findings_of
from programs.errors import (
    CodeTakenError,
    DraftExistsError,
    ElsewhereError,
    LeafError,
    LevelOfAnotherScaleError,
    NotPublishedError,
    ProgramInItselfError,
    QualifierError,
    RootStaysError,
    WithoutPolicyError,
)
from programs.models import (
    AchievementVersion,
    Program,
    ProgramVersion,
    Requirement,
    RequirementKind,
)
from tests.assessments.places import FRIDAY, MONDAY, TUESDAY, level_of, new_competency, new_scale, policy_json
from tests.programs.places import ask_for, draft_of, published, refused, root_of
from tests.recipes import make_staff

pytestmark = pytest.mark.django_db

GROUP = Node(kind=RequirementKind.ALL, title="Basics")


def test_a_new_program_has_an_empty_draft(school: Organization) -> None:
    program = make_program(" BR ", title="Bread", organization=school, by=None, at=MONDAY)

    version = program.versions.get()
    assert (program.code, version.number, version.state) == ("BR", 1, "draft")
    assert [(found.finding.node, found.finding.code) for found in findings_of(version)] == [("r1", "empty_group")]
    with pytest.raises(CodeTakenError):
        make_program("BR", title="Broth", organization=school, by=None, at=MONDAY)


def test_requirements_are_added_moved_nested_and_removed(draft: ProgramVersion) -> None:
    root = root_of(draft)
    knead, bake = root.children.order_by("sequence")

    move_requirement(bake, parent=root, place=0)
    group = nest_requirement(knead, node=GROUP)

    tree = tree_of(draft)
    assert [(child.id, child.kind) for child in tree.children] == [(bake.key, Kind.COMPETENCY), (group.key, Kind.ALL)]
    assert [child.id for child in tree.children[1].children] == [knead.key]
    assert remove_requirement(group) == 2
    assert [child.id for child in tree_of(draft).children] == [bake.key]


def test_moves_that_would_tangle_a_tree_are_refused(draft: ProgramVersion, school: Organization) -> None:
    root = root_of(draft)
    knead = root.children.order_by("sequence")[0]
    group = nest_requirement(knead, node=GROUP)
    inner = nest_requirement(knead, node=GROUP)
    elsewhere = root_of(draft_of(school, "Cake"))

    with pytest.raises(ElsewhereError):
        move_requirement(group, parent=inner, place=0)
    with pytest.raises(ElsewhereError):
        move_requirement(knead, parent=elsewhere, place=0)
    with pytest.raises(LeafError):
        move_requirement(group, parent=knead, place=0)
    with pytest.raises(LeafError):
        nest_requirement(knead, node=Node(kind=RequirementKind.MILESTONE))


ROOT_ACTS: dict[str, Callable[[ProgramVersion, Requirement], object]] = {
    "moved into a part": lambda _draft, root: move_requirement(
        root, parent=nest_requirement(root.children.order_by("sequence")[0], node=GROUP), place=0
    ),
    "shifted": lambda _draft, root: shift_requirement(root, steps=1),
    "put into a group": lambda _draft, root: nest_requirement(root, node=GROUP),
    "removed": lambda _draft, root: remove_requirement(root),
    "made a leaf": lambda draft, root: save_requirement(root, version=draft, node=Node(kind=RequirementKind.MILESTONE)),
    "given a second root": lambda draft, _root: save_requirement(None, version=draft, node=GROUP),
}


@pytest.mark.parametrize("act", ROOT_ACTS)
def test_the_root_stays_where_and_what_it_is(draft: ProgramVersion, act: str) -> None:
    with pytest.raises(RootStaysError):
        ROOT_ACTS[act](draft, root_of(draft))

    assert [(node.key, node.kind) for node in draft.requirements.filter(parent=None)] == [("r1", RequirementKind.ALL)]


def test_the_database_refuses_a_ring_and_a_parent_elsewhere(draft: ProgramVersion, school: Organization) -> None:
    root = root_of(draft)
    group = nest_requirement(root.children.order_by("sequence")[0], node=GROUP)
    inner = group.children.get()
    other = root_of(draft_of(school, "Cake"))

    assert "below itself" in refused("UPDATE programs_requirement SET parent_id = %s WHERE id = %s", inner.pk, group.pk)
    assert "one of its own version" in refused(
        "UPDATE programs_requirement SET parent_id = %s WHERE id = %s", other.pk, inner.pk
    )


def qualify(leaf: Requirement, qualifiers: dict[str, object]) -> None:
    node = Node(kind=RequirementKind.COMPETENCY, competency=leaf.competency, qualifiers=qualifiers)
    save_requirement(leaf, version=leaf.version, node=node)


def test_qualifiers_are_understood(draft: ProgramVersion) -> None:
    leaf = root_of(draft).children.order_by("sequence")[0]

    qualify(leaf, {"within_days": 365, "max_source": {"transfer": "5"}})

    node = next(node for node in tree_of(draft).walk() if node.id == leaf.key)
    assert (node.within_days, [(cap.basis, cap.most) for cap in node.max_source]) == (365, [("transfer", 500)])


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("within_days", 0),
        ("earned_here", 1.5),
        ("earned_here", "a lot"),
        ("earned_here", "1e3"),
        ("earned_here", "-1"),
        ("max_source", {"luck": "1"}),
        ("max_source", {"transfer": "5 credits"}),
        ("soul", 1),
    ],
)
def test_a_qualifier_that_is_not_understood_is_refused_by_its_name(
    draft: ProgramVersion, member: str, value: object
) -> None:
    leaf = root_of(draft).children.order_by("sequence")[0]

    with pytest.raises(QualifierError) as refusal:
        qualify(leaf, {member: value})

    assert refusal.value.member == member


def test_a_level_of_another_scale_is_refused(draft: ProgramVersion, knead: Competency) -> None:
    stranger = new_scale("Other").levels.get(rank=1)

    with pytest.raises(LevelOfAnotherScaleError):
        save_requirement(
            None,
            version=draft,
            parent=root_of(draft),
            node=Node(kind=RequirementKind.COMPETENCY, competency=knead, level=stranger),
        )


def test_what_a_draft_awards_is_not_frozen_before_it(draft: ProgramVersion) -> None:
    with pytest.raises(NotPublishedError):
        publish_achievement(draft, at=MONDAY)

    assert not AchievementVersion.objects.exclude(state="draft").exists()


def test_publishing_names_faults_and_their_mend(draft: ProgramVersion, baking: Any, craft: ProficiencyScale) -> None:
    ask_for(root_of(draft), new_competency(baking, "glaze", craft))
    group = save_requirement(None, version=draft, parent=root_of(draft), node=GROUP)

    with pytest.raises(TreeRefusedError) as refusal:
        publish_version(draft, by=None, at=MONDAY)

    assert [(finding.node, finding.code) for finding in refusal.value.findings] == [
        ("r4", "nothing_can_show_it"),
        (group.key, "empty_group"),
    ]
    assert refusal.value.findings[0].values == {"competencies": "glaze"}
    assert ProgramVersion.objects.get().state == "draft"


def test_publishing_freezes_policies_and_stores_the_whole(
    draft: ProgramVersion, knead: Competency, craft: ProficiencyScale
) -> None:
    policy = make_policy("Strict", definition=policy_json(craft, level=4), by=None, at=MONDAY)
    leaf = root_of(draft).children.get(competency=knead)
    node = Node(kind=RequirementKind.COMPETENCY, competency=knead, policy_version=policy, level=level_of(knead, 4))
    save_requirement(leaf, version=draft, node=node)

    version = publish_version(draft, by=None, at=MONDAY)

    content = version.content
    assert content is not None
    assert version.digest == digest(content)
    assert content["requirements"][leaf.key] == {
        "id": str(leaf.public_id),
        "policy_origin": "requirement",
        "level": "Advanced",
    }
    assert content["policies"][str(policy.public_id)]["definition"]["level"] == 4
    assert content["competencies"][str(knead.public_id)]["statement"] == "Can knead."
    other = version.requirements.exclude(pk=leaf.pk).get(kind="competency")
    assert (other.policy_origin, other.policy_in_force.definition["level"]) == ("default", 3)  # type: ignore[union-attr]  # just frozen
    policy.refresh_from_db()
    craft.refresh_from_db()
    assert policy.used_at == MONDAY
    assert craft.in_use
    assert CompetencyRevision.objects.used().count() == 2
    assert tree_of(version) == tree_of(ProgramVersion.objects.get(pk=version.pk))


def test_a_policy_of_the_version_counts_before_the_institutions(draft: ProgramVersion, craft: ProficiencyScale) -> None:
    policy = make_policy("Of the program", definition=policy_json(craft, level=2), by=None, at=MONDAY)
    set_version_policy(draft, scale=craft, policy_version=policy)

    version = publish_version(draft, by=None, at=MONDAY)

    frozen = version.requirements.filter(kind="competency").values_list("policy_in_force", "policy_origin")
    assert set(frozen) == {(policy.pk, "program_version")}


def test_a_competency_without_a_scale_cannot_be_asked_for(
    school: Organization, draft: ProgramVersion, baking: Any
) -> None:
    from tests.programs.places import open_assessment

    mute = new_competency(baking, "mute", None)
    open_assessment(school, mute)
    ask_for(root_of(draft), mute)

    with pytest.raises(WithoutPolicyError) as refusal:
        publish_version(draft, by=None, at=MONDAY)
    assert refusal.value.requirements == ("mute",)


def test_a_program_stacks_in_another_and_never_in_itself(school: Organization, bread: ProgramVersion) -> None:
    diploma = draft_of(school, "Diploma")
    stacked = Node(kind=RequirementKind.PROGRAM, nested_version=bread)
    node = save_requirement(None, version=diploma, parent=root_of(diploma), node=stacked)

    diploma = publish_version(diploma, by=None, at=MONDAY)

    tree = tree_of(diploma).children[0]
    assert (tree.kind, tree.names) == (Kind.PROGRAM, (str(bread.program.public_id),))
    assert [child.id for child in tree.children[0].children] == [f"{node.key}/r2", f"{node.key}/r3"]
    assert diploma.content["programs"][str(bread.program.public_id)]["digest"] == bread.digest  # type: ignore[index]  # it is published
    again = make_draft(bread.program, based_on=bread, by=None, at=TUESDAY)
    with pytest.raises(ProgramInItselfError):
        save_requirement(None, version=again, parent=root_of(again), node=replace(stacked, nested_version=diploma))
    with pytest.raises(NotPublishedError):
        save_requirement(
            None, version=again, parent=root_of(again), node=replace(stacked, nested_version=draft_of(school, "Cake"))
        )


def test_the_next_version_keeps_keys_and_needs_a_second_pair_of_eyes(bread: ProgramVersion, registrar: User) -> None:
    draft = make_draft(bread.program, based_on=bread, by=registrar, at=TUESDAY)
    with pytest.raises(DraftExistsError):
        make_draft(bread.program, based_on=None, by=registrar, at=TUESDAY)
    assert [node.id for node in tree_of(draft).walk()] == [node.id for node in tree_of(bread).walk()]
    with pytest.raises(ApprovalMissingError):
        publish_version(draft, by=registrar, at=TUESDAY)

    request = ask_to_replace(draft, by=registrar, reason="New year.", at=TUESDAY)
    other = make_staff(Role.REGISTRAR)
    decide_approval(request, approved=True, digest=replacement_digest(draft), by=other, at=TUESDAY)
    following = publish_version(draft, by=registrar, at=TUESDAY)

    bread.refresh_from_db()
    assert (bread.state, bread.successor, bread.closed_to_entry_on) == ("published", following, date(2026, 3, 3))


def test_retiring_stays(bread: ProgramVersion, registrar: User) -> None:
    retired = retire_version(bread, by=registrar, at=FRIDAY, reason="Nobody asks for it.")

    assert (retired.state, retired.retired_at) == ("retired", FRIDAY)
    with pytest.raises(NotPublishedError):
        retire_version(bread, by=registrar, at=FRIDAY, reason="Again.")


def test_credits_twice_on_a_path_block_publishing(draft: ProgramVersion) -> None:
    root = root_of(draft)
    save_requirement(root, version=draft, node=Node(kind=RequirementKind.ALL, title="Bread", credits=Decimal(10)))
    leaf = root.children.order_by("sequence")[0]
    node = Node(kind=RequirementKind.COMPETENCY, competency=leaf.competency, credits=Decimal(5))
    save_requirement(leaf, version=draft, node=node)

    assert [(found.finding.code, found.title) for found in findings_of(draft)] == [("credits_twice_on_a_path", "knead")]


def test_programs_are_told_apart(school: Organization, practice: Assessment, knead: Competency) -> None:
    published(school, "Bread", knead)

    assert Program.objects.count() == 1
