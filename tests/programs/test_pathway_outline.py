"""A long pathway is folded: what its page shows, opens, explains and weighs."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from accounts.models import Learner, Organization, User
from assessments.mastery.actions.policies import assign_policy, make_policy
from assessments.mastery.queries import explained
from assessments.mastery.queries.explained import explanations_of_rows
from assessments.mastery.queries.standings import explained_by, mastery_to_audit
from competencies.models import Competency, Framework, ProficiencyScale
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.enrollment.actions.enrolling import enroll
from programs.models import Enrollment, RequirementKind
from programs.pathway.pages.outline import MOST_SHOWN, Outline
from programs.pathway.pages.pathway_view import reasons_of
from programs.pathway.queries.pathways import pathway_of
from programs.pathway.queries.version_terms import version_terms_of
from tests.assessments.places import MONDAY, TUESDAY, new_competency, policy_json, show
from tests.programs.places import ask_for, draft_of, open_assessment, published, root_of
from tests.recipes import institution, make_user, signed_in_client

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
GROUP = 10
GROUPS = MOST_SHOWN // GROUP + 1


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    explained._kept.clear()
    yield
    explained._kept.clear()


@pytest.fixture
def long(
    ada: Learner, school: Organization, baking: Framework, craft: ProficiencyScale, registrar: User, assessor: User
) -> Enrollment:
    """A program of seven parts with ten competencies each, of which the first two of each part were begun."""
    draft = draft_of(school, "Long")
    skills = [new_competency(baking, f"skill {number}", craft) for number in range(GROUP * GROUPS)]
    open_assessment(school, *skills)
    for first in range(0, len(skills), GROUP):
        node = Node(kind=RequirementKind.ALL, title=f"Part <{first // GROUP}>")
        group = save_requirement(None, version=draft, parent=root_of(draft), node=node)
        for skill in skills[first : first + GROUP]:
            ask_for(group, skill)
        for skill in skills[first : first + 2]:
            show(ada, skill, 2, by=assessor, at=TUESDAY)
    ada.user = make_user()
    ada.save()
    return enroll(ada, version=publish_version(draft, by=None, at=MONDAY), on=START, by=registrar, at=MONDAY)


@pytest.fixture
def client(long: Enrollment) -> Client:
    assert long.learner.user is not None
    return signed_in_client(long.learner.user)


def place_of(enrollment: Enrollment) -> str:
    return f"/pathway/{enrollment.public_id}/"


def rows_in(page: str) -> int:
    return page.count('class="pathway-leaf')


def test_a_long_pathway_opens_where_its_learner_is(client: Client, long: Enrollment) -> None:
    page = client.get(place_of(long)).content.decode()

    assert rows_in(page) == GROUP
    assert "<bdi>skill 0</bdi>" in page
    assert page.count('class="pathway-group') == GROUPS
    assert page.count("0 of 10 complete") == GROUPS
    assert page.count("Developing (2.00) in the one piece of evidence assessed") == 2
    assert 'id="node-r2"><div class="card-title"><h3><bdi>Part &lt;0&gt;</bdi></h3>' in page


def test_its_picture_shows_the_parts_of_the_program(client: Client, long: Enrollment) -> None:
    drawn = client.get(place_of(long)).content.decode().split("trail-across")[1].split("</svg>")[0]

    assert drawn.count("trail-dot") == GROUPS + 1
    assert drawn.count("trail-here") == 1
    assert ">Part &lt;0&gt;</tspan>" in drawn


def test_links_open_further_parts_and_keep_those_that_are_open(client: Client, long: Enrollment) -> None:
    root = pathway_of(long, at=TUESDAY).root
    third, last = root.children[2], root.children[-1]
    page = client.get(place_of(long)).content.decode()
    assert f'href="?open={third.key}#node-{third.key}"' in page

    opened = client.get(place_of(long), {"open": [third.key, "nowhere"]}).content.decode()

    assert rows_in(opened) == 2 * GROUP
    assert "Part &lt;2&gt;</bdi></a>" not in opened
    assert f'href="?open={third.key}&amp;open={last.key}#node-{last.key}"' in opened
    assert f'hx-get="{place_of(long)}?open={third.key}"' in opened


def test_what_is_asked_for_below_a_folded_part_opens_the_way_to_it(long: Enrollment) -> None:
    root = pathway_of(long, at=TUESDAY).root
    leaf = root.children[3].children[4]

    outline = Outline.of(root, [leaf.key])

    assert outline.shows_parts_of(root.children[3])
    assert not outline.shows_parts_of(root.children[4])


def test_reasons_are_kept_by_the_decision_that_they_explain(long: Enrollment, ada: Learner, assessor: User) -> None:
    policies = version_terms_of(long.version).policies
    records = [ada.pk]

    def asked() -> tuple[dict[int, object], dict[int, object]]:
        rows = mastery_to_audit(ada, at=TUESDAY)[:3]
        wanted = {row.pk: (row, policies[str(row.policy_name)]) for row in rows}
        plain = {row.pk: (row.competency, policies[str(row.policy_name)]) for row in rows}
        kept = explanations_of_rows(records, wanted, as_of=TUESDAY.date(), known_at=TUESDAY)
        decided = explained_by(records, plain, as_of=TUESDAY.date(), known_at=TUESDAY)
        return dict(kept), {name: found.explanation for name, found in decided.items()}

    first, decided = asked()
    assert first == decided
    again, _decided = asked()
    assert all(again[name] is first[name] for name in first)

    skill = pathway_of(long, at=TUESDAY).root.children[0].children[0].mastery
    assert skill is not None
    show(ada, Competency.objects.get(pk=skill.competency), 2, by=assessor, at=TUESDAY)
    later, decided_later = asked()

    assert later == decided_later
    assert later != first


def test_reasons_are_those_of_the_day_of_the_page(
    ada: Learner, school: Organization, baking: Framework, craft: ProficiencyScale, registrar: User, assessor: User
) -> None:
    """Stored mastery is decided on the day of the root organization; in a branch it may be the next day already."""
    skill = new_competency(baking, "knead", craft)
    open_assessment(school, skill)
    recent = make_policy("Recent", definition=policy_json(craft, 3, recency_days=5), by=None, at=MONDAY)
    assign_policy(recent, competency=skill, at=MONDAY)
    branch = institution.make(name="Auckland", parent=school, time_zone="Pacific/Auckland")
    here, there = (
        enroll(ada, version=published(place, name, skill), on=START, by=registrar, at=MONDAY)
        for place, name in ((school, "Here"), (branch, "There"))
    )
    for day in (5, 6):
        show(ada, skill, 2, by=assessor, at=datetime(2026, 3, 6, 9, tzinfo=UTC), performed_on=date(2026, 3, day))
    at = datetime(2026, 3, 10, 13, tzinfo=UTC)

    def reasons(enrollment: Enrollment) -> list[object]:
        return [*dict(reasons_of(pathway_of(enrollment, at=at), at=at)).values()]

    alone = reasons(there)
    explained._kept.clear()
    assert reasons(here) != alone
    assert reasons(there) == alone


def test_reasons_used_longest_ago_go_first(long: Enrollment, ada: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explained, "MAX_KEPT", 2)
    policies = version_terms_of(long.version).policies
    rows = mastery_to_audit(ada, at=TUESDAY)[:3]

    for row in (rows[0], rows[1], rows[0], rows[2]):
        wanted = {row.pk: (row, policies[str(row.policy_name)])}
        explanations_of_rows([ada.pk], wanted, as_of=TUESDAY.date(), known_at=TUESDAY)

    assert [key[:2] for key in explained._kept] == [(row.policy_name, row.digest) for row in (rows[0], rows[2])]
