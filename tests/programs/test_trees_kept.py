"""What is kept of requirement trees: found without comparing trees, however many versions are in use."""

from dataclasses import replace

import pytest

from accounts.models import Organization
from assessments.models import Assessment
from competencies.models import Competency
from programs.audit.formats.audit_result_json import requirement_as_json
from programs.audit.queries.trees import named_in, programs_in, stacking, tree_of
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.numbered_tree import numbered_tree_of
from programs.audit.rules.context import Context, Method
from programs.audit.rules.requirements import MAX_CACHED_TREES, Kind, Requirement
from programs.rules.attainments import Attainment
from tests.programs.audit_trees import TODAY
from tests.programs.places import published

VERSIONS = 200
LEAVES = 40


def version(number: int) -> Requirement:
    """A tree with the same ids in every version, which differs in its last leaf alone."""
    names = [*(f"c{place}" for place in range(LEAVES - 1)), f"last of {number}"]
    leaves = (Requirement(f"r{place}", Kind.COMPETENCY, accepts=(name,)) for place, name in enumerate(names, start=2))
    return Requirement("r1", Kind.ALL, children=tuple(leaves))


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of nodes that were compared with others, from here on."""
    found: list[str] = []
    compare = Requirement.__eq__

    def compare_and_tell(one: Requirement, other: object) -> bool:
        found.append(one.id)
        return compare(one, other)

    monkeypatch.setattr(Requirement, "__eq__", compare_and_tell)
    return found


def use(tree: Requirement) -> tuple[int, int, frozenset[str], frozenset[str]]:
    distance = audit(tree, [Attainment("m", competency="c0")], [], context=Context(Method.ONE), on=TODAY).today.distance
    return distance, stacking(tree), named_in(tree), programs_in(tree)


def test_no_tree_is_compared_with_another_however_many_are_kept(compared: list[str]) -> None:
    trees = [version(number) for number in range(VERSIONS)]
    compared.clear()

    for tree in (*trees, *trees):
        use(tree)

    assert compared == []


def test_versions_with_the_same_ids_share_nothing() -> None:
    trees = [version(number) for number in range(VERSIONS)]

    assert [f"last of {number}" in named_in(tree) for number, tree in enumerate(trees)] == [True] * VERSIONS
    assert [numbered_tree_of(tree, Method.ONE).nodes[-1].accepts for tree in trees] == [
        (f"last of {number}",) for number in range(VERSIONS)
    ]


@pytest.mark.parametrize(
    "changed",
    [{"title": "Other"}, {"nominal": 1}, {"children": ()}, {"within_days": 0}, {"accepts": ("c",)}, {"policy": "p"}],
)
def test_a_tree_that_says_anything_else_has_another_hash(changed: dict[str, object]) -> None:
    tree = version(0)

    assert hash(replace(tree, **changed)) != hash(tree)  # type: ignore[arg-type]  # one field of each kind
    assert hash(version(0)) == hash(tree)


def test_the_hash_is_no_part_of_what_is_stored() -> None:
    tree = version(0)
    before = requirement_as_json(tree)
    hash(tree)

    assert (requirement_as_json(tree), repr(tree)) == (before, repr(version(0)))


def test_a_version_in_use_stays_while_hundreds_of_others_are_used() -> None:
    shape = numbered_tree_of(first := version(-1), Method.ONE)

    for number in range(MAX_CACHED_TREES - 1):
        use(version(number))

    assert numbered_tree_of(first, Method.ONE) is shape


@pytest.mark.django_db
def test_versions_with_the_same_tree_share_one_object(
    school: Organization, practice: Assessment, knead: Competency, compared: list[str]
) -> None:
    one, other = (published(school, "Bread", knead) for _ in range(2))
    tree = tree_of(one)
    compared.clear()

    assert (one.digest == other.digest, tree_of(other) is tree) == (False, True)
    compared.clear()
    assert tree_of(other) is tree
    assert use(tree_of(other)) == use(tree_of(one))
    assert compared == []
