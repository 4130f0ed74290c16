"""The integrity checks of competencies: silent on sound rows, and one finding per broken rule."""

from collections.abc import Callable

import pytest
from django.db import connection

from competencies.actions import create_scale, mark_used, revise_competency
from competencies.integrity import problems
from competencies.models import Association, Competency, CompetencyRevision, ProficiencyLevel, ProficiencyScale
from tests.competencies.conftest import Take
from tests.competencies.packages import fixture, small
from tests.recipes import LONG_AGO


@pytest.fixture
def rows(take: Take) -> None:
    take(fixture())
    take(small())
    knead = Competency.objects.get(code="knead")
    mark_used(CompetencyRevision.objects.filter(competency=knead), at=LONG_AGO)
    revise_competency(knead, statement="Other.", criteria="", scale=None, reason="", at=LONG_AGO)


def test_good_rows_are_passed_over_in_silence(rows: None) -> None:
    assert list(problems()) == []


def close_a_circle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE competencies_association DISABLE TRIGGER association_holds_no_circle_new")
    knead, bake = (Competency.objects.get(code=code) for code in ("knead", "bake"))
    Association.objects.create(
        framework=bake.framework,
        source_identifier="x",
        kind="precedes",
        origin=bake,
        destination=knead,
        origin_link={"identifier": bake.source_identifier},
        destination_link={"identifier": knead.source_identifier},
    )


def free_a_scale() -> None:
    scale = create_scale("Ladder", description="", levels=[("a", ""), ("b", "")], at=LONG_AGO)
    revision = CompetencyRevision.objects.get(competency__code="bake")
    CompetencyRevision.objects.filter(pk=revision.pk).update(scale=scale, used_at=LONG_AGO)


BREAKAGES: dict[str, Callable[[], object]] = {
    "has no current revision": lambda: CompetencyRevision.objects.filter(competency__code="bake").update(
        superseded_at=LONG_AGO
    ),
    "not numbered without gaps": lambda: CompetencyRevision.objects.filter(competency__code="bake").update(number=3),
    "is not its last": lambda: (
        CompetencyRevision.objects.filter(competency__code="knead", number=2).update(superseded_at=LONG_AGO),
        CompetencyRevision.objects.filter(competency__code="knead", number=1).update(superseded_at=None),
    ),
    "back to itself": close_a_circle,
    "names another origin": lambda: Association.objects.filter(kind="precedes", framework__title="Bread").update(
        origin_link={"identifier": "somebody else"}
    ),
    "is in use and not frozen": free_a_scale,
    "not ranked from 1": lambda: ProficiencyLevel.objects.filter(scale=ProficiencyScale.objects.get(), rank=5).update(
        rank=9
    ),
}


@pytest.mark.parametrize("words", BREAKAGES)
def test_each_check_speaks_when_its_rule_is_broken(rows: None, words: str) -> None:
    BREAKAGES[words]()

    assert [words in problem for problem in problems()] == [True]
