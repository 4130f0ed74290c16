"""The effects of an import on existing rows (invariant 15): edits, rows in use, and rows that were left out."""

import itertools
from typing import Any

import pytest

from competencies.actions import import_package, mark_used, revise_competency
from competencies.errors import PackageRefusedError
from competencies.formats.case import written
from competencies.models import Association, Competency, CompetencyRevision, Framework, ProficiencyScale
from competencies.queries import package_of
from tests.competencies.conftest import Take
from tests.competencies.packages import edge, encoded, fixture, guid, item, package, small
from tests.recipes import LONG_AGO


def restated(statement: str = "Kneads for ten minutes.") -> dict[str, Any]:
    tree = small()
    tree["CFItems"][1]["fullStatement"] = statement
    return tree


def statements(competency: Competency) -> list[str]:
    return list(competency.revisions.order_by("number").values_list("statement", flat=True))


def tables() -> tuple[Any, ...]:
    return tuple(
        list(model.objects.order_by("pk").values())
        for model in (Framework, Competency, CompetencyRevision, Association, ProficiencyScale)
    )


def test_an_edited_statement_updates_the_revision_while_nothing_rests_on_it(take: Take, knead: Competency) -> None:
    report = take(restated())

    assert statements(knead) == ["Kneads for ten minutes."]
    assert (report.tallies["CFItems"].updated, report.tallies["CFItems"].revised) == (1, 0)


def test_an_edited_statement_makes_a_revision_once_something_rests_on_it(
    take: Take, knead: Competency, used: CompetencyRevision
) -> None:
    report = take(restated())

    assert statements(knead) == ["Kneads until it *shines*.", "Kneads for ten minutes."]
    assert (report.tallies["CFItems"].updated, report.tallies["CFItems"].revised) == (1, 1)
    assert knead.revisions.current().get().number == 2


def test_other_members_update_in_place_even_when_in_use(
    take: Take, knead: Competency, used: CompetencyRevision
) -> None:
    tree = small()
    tree["CFItems"][1]["notes"] = "With wet hands."

    report = take(tree)

    knead.refresh_from_db()
    assert (knead.notes, knead.revisions.count(), report.tallies["CFItems"].updated) == ("With wet hands.", 1, 1)


def test_a_dry_run_says_what_the_run_says_and_leaves_nothing(take: Take, bread: Framework) -> None:
    before = tables()

    tried = take(restated(), dry_run=True)

    assert tables() == before
    assert tried.tallies == take(restated()).tallies


def test_a_dry_run_of_a_new_framework_leaves_nothing(take: Take) -> None:
    take(fixture(), dry_run=True)

    assert tables() == ([], [], [], [], [])


def test_a_refused_package_changes_nothing(take: Take, bread: Framework) -> None:
    before = tables()
    tree = restated()
    tree["CFAssociations"].append(edge("precedes", "bake", "knead"))

    with pytest.raises(PackageRefusedError):
        take(tree)

    assert tables() == before


def test_what_the_source_leaves_out_is_retired_and_comes_back(take: Take, bread: Framework) -> None:
    tree = small()
    del tree["CFItems"][2], tree["CFAssociations"][2:]

    report = take(tree)

    bake = bread.competencies.get(code="bake")
    assert (bake.retired, report.tallies["CFItems"].retired, report.tallies["CFAssociations"].retired) == (True, 1, 2)
    again = take(small())
    bake.refresh_from_db()
    assert (bake.retired, again.tallies["CFItems"].updated) == (False, 1)


def test_what_is_in_use_and_left_out_is_named(take: Take, bread: Framework, used: CompetencyRevision) -> None:
    tree = small()
    del tree["CFItems"][1]
    tree["CFAssociations"] = []

    report = take(tree)

    assert report.retired_in_use == ("knead",)
    assert CompetencyRevision.objects.filter(pk=used.pk).exists()


def test_a_statement_edited_here_stays_until_the_source_changes_it(take: Take, knead: Competency) -> None:
    revise_competency(knead, statement="Kneads by hand.", criteria="", scale=None, reason="clearer", at=LONG_AGO)

    kept = take(small())

    assert (statements(knead), kept.kept_statements, kept.changed) == (["Kneads by hand."], 1, False)
    take(restated())
    assert statements(knead) == ["Kneads for ten minutes."]


def test_criteria_and_scale_given_here_stay_when_the_source_is_silent(take: Take, knead: Competency) -> None:
    revise_competency(
        knead, statement="Kneads until it *shines*.", criteria="Ten loaves.", scale=None, reason="", at=LONG_AGO
    )

    take(restated())

    assert knead.revisions.get().criteria == "Ten loaves."


def test_a_renamed_framework_is_the_same_one(take: Take, bread: Framework) -> None:
    tree = small()
    tree["CFDocument"].update(title="Bread and rolls", lastChangeDateTime="2027-01-01T00:00:00Z")

    report = take(tree)

    assert (report.framework_id, report.namesake_of) == (str(bread.public_id), "")


def test_another_document_of_the_same_identifier_becomes_a_namesake(take: Take, bread: Framework) -> None:
    stranger = package(item("weave"), document={"title": "Cloth"})

    report = take(stranger)

    assert (report.namesake_of, Framework.objects.count()) == ("Bread", 2)
    assert not bread.competencies.filter(retired_at__isnull=False).exists()
    assert not take(stranger).changed


def test_a_person_can_say_which_framework_a_file_is_of(take: Take, bread: Framework) -> None:
    report = take(package(item("weave"), document={"title": "Cloth"}), into=bread)

    assert (report.framework_id, report.tallies["CFItems"].retired) == (str(bread.public_id), 3)


def test_exporting_and_importing_changes_nothing(take: Take) -> None:
    take(fixture())
    framework = Framework.objects.get()

    report = take(written(package_of(framework), version="1.1"))

    assert not report.changed
    assert report.kept_statements == 0


def test_exporting_to_another_installation_brings_the_same(take: Take) -> None:
    take(fixture())
    tree = written(package_of(Framework.objects.get()), version="1.1")

    assert tree["extensions"] == fixture()["extensions"]
    assert tree["CFItems"] == fixture()["CFItems"]
    assert tree["CFAssociations"] == fixture()["CFAssociations"]


@pytest.mark.parametrize("kind", ["precedes", "isChildOf"])
def test_a_circle_is_refused_naming_its_items(take: Take, kind: str) -> None:
    tree = package(
        item("a"),
        item("b"),
        item("c"),
        edges=[edge(kind, "a", "b"), edge(kind, "b", "c"), edge(kind, "c", "a")],
    )

    with pytest.raises(PackageRefusedError) as refusal:
        take(tree)

    (fault,) = refusal.value.faults
    assert (fault.code, fault.where, fault.details["kind"]) == ("cycle", "/CFAssociations/0", kind)
    assert [name in fault.details["items"] for name in (guid("a"), guid("b"), guid("c"))] == [True, True, True]


def test_a_circle_across_two_packages_is_refused(take: Take) -> None:
    take(package(item("a"), edges=[edge("precedes", "a", "b")], document={"identifier": guid("one"), "title": "One"}))
    second = package(
        item("b"), edges=[edge("precedes", "b", "a")], document={"identifier": guid("two"), "title": "Two"}
    )

    with pytest.raises(PackageRefusedError) as refusal:
        take(second)

    assert [fault.code.value for fault in refusal.value.faults] == ["cycle"]


def test_other_kinds_of_edges_may_lead_in_circles(take: Take) -> None:
    tree = package(item("a"), item("b"), edges=[edge("isRelatedTo", "a", "b"), edge("isRelatedTo", "b", "a")])

    assert take(tree).tallies["CFAssociations"].created == 2


def test_a_long_chain_is_no_circle(take: Take) -> None:
    names = [f"step {number}" for number in range(1_100)]
    edges = [edge("precedes", before, after) for before, after in itertools.pairwise(names)]

    assert take(package(*map(item, names), edges=edges)).tallies["CFAssociations"].created == 1_099


def test_ends_are_found_by_identifier_in_any_case_or_by_uri(take: Take) -> None:
    tree = small()
    tree["CFAssociations"][1]["destinationNodeURI"]["identifier"] = guid("root").upper()
    tree["CFAssociations"][2]["destinationNodeURI"] = tree["CFItems"][0]["uri"]

    take(tree)

    root = Competency.objects.get(code="root")
    assert Association.objects.filter(kind="isChildOf", destination=root).count() == 2


def twice() -> dict[str, Any]:
    """Two different items with one identifier, and an item with that of the document."""
    tree = small()
    tree["CFItems"].append(item("later", "Says something else.", identifier=guid("knead").upper()))
    tree["CFItems"].append(item("document", "Is no item."))
    return tree


def test_of_one_identifier_for_two_things_the_first_can_be_kept_and_the_others_are_told(take: Take) -> None:
    report = take(twice(), keep_first=True)

    assert [(each.kind, each.where, each.first) for each in report.left_out] == [
        ("CFItems", "/CFItems/3", "/CFItems/1"),
        ("CFItems", "/CFItems/4", "/CFDocument"),
    ]
    assert report.left_out[0].text == f"later Says something else. ({guid('knead').upper()})"
    assert report.tallies["CFItems"].skipped == {"identifier_taken": 2}
    assert report.tallies["CFItems"].complete
    assert list(Competency.objects.order_by("pk").values_list("code", flat=True)) == ["root", "knead", "bake"]
    assert not take(twice(), keep_first=True).changed


def test_unless_it_is_asked_for_one_identifier_for_two_things_is_refused(take: Take) -> None:
    with pytest.raises(PackageRefusedError) as refusal:
        take(twice())

    assert [(fault.code.value, fault.where) for fault in refusal.value.faults] == [
        ("identifier_twice", "/CFItems/3"),
        ("identifier_twice", "/CFItems/4"),
    ]


def in_capitals(tree: dict[str, Any]) -> dict[str, Any]:
    """The package with every GUID in capitals, as some tools write it."""
    for rows in ([tree["CFDocument"]], tree["CFItems"], tree["CFAssociations"]):
        for row in rows:
            row["identifier"] = row["identifier"].upper()
    return tree


def test_a_guid_in_another_case_is_the_same_one(take: Take, bread: Framework) -> None:
    before = tables()

    report = take(in_capitals(small()))

    assert (report.framework_id, report.changed, tables()) == (str(bread.public_id), False, before)


def test_a_change_that_comes_with_guids_in_another_case_goes_into_the_same_rows(take: Take, knead: Competency) -> None:
    tree = in_capitals(restated())
    tree["CFItems"][1]["notes"] = "With wet hands."

    report = take(tree)

    knead.refresh_from_db()
    assert (knead.notes, statements(knead)) == ("With wet hands.", ["Kneads for ten minutes."])
    assert (report.tallies["CFItems"].created, Competency.objects.count()) == (0, 3)
    assert knead.source_identifier == guid("knead")


def test_other_identifiers_are_compared_letter_by_letter(take: Take) -> None:
    report = take(package(item("a", identifier="Item-A"), item("b", identifier="item-a")))

    assert report.tallies["CFItems"].created == 2


@pytest.mark.parametrize(
    ("when", "older_than"),
    [
        ("2026-02-28T09:00:00Z", "2026-03-01T09:00:00+00:00"),
        ("2026-03-01T10:00:00+01:00", ""),
        ("2026-03-02T00:00:00Z", ""),
        ("spring", ""),
    ],
)
def test_an_older_file_is_called_older(take: Take, bread: Framework, when: str, older_than: str) -> None:
    tree = small()
    tree["CFDocument"]["lastChangeDateTime"] = when

    report = take(tree, dry_run=True)

    assert (report.framework_id, report.older_than) == (str(bread.public_id), older_than)


def test_an_older_file_with_another_title_is_called_older_too(take: Take, bread: Framework) -> None:
    tree = small()
    tree["CFDocument"].update(title="Rolls", lastChangeDateTime="2020-01-01T00:00:00Z")

    report = take(tree)

    assert (report.namesake_of, report.older_than) == ("Bread", "2026-03-01T09:00:00+00:00")


def by_uri(name: str) -> dict[str, str]:
    return {"uri": item(name)["uri"]}


@pytest.mark.parametrize("kind", ["isChildOf", "precedes"])
@pytest.mark.parametrize(
    "ends",
    [
        {"originNodeURI": {"identifier": guid("knead")}, "destinationNodeURI": {"identifier": guid("knead").upper()}},
        {"originNodeURI": {"identifier": guid("knead")}, "destinationNodeURI": by_uri("knead")},
        {"originNodeURI": by_uri("knead"), "destinationNodeURI": by_uri("knead")},
    ],
)
def test_a_child_of_itself_is_refused_by_its_name(take: Take, kind: str, ends: dict[str, Any]) -> None:
    tree = small()
    tree["CFAssociations"].append(edge(kind, "x", "y", **ends))

    with pytest.raises(PackageRefusedError) as refusal:
        take(tree)

    (fault,) = refusal.value.faults
    assert (fault.code.value, fault.where) == ("leads_to_itself", "/CFAssociations/4")
    assert fault.details["item"] == f"knead Kneads until it *shines*. ({guid('knead')})"


def test_a_scale_comes_with_its_package(take: Take) -> None:
    report = take(fixture())

    scale = ProficiencyScale.objects.get()
    assert [level.title for level in scale.levels.order_by("rank")] == [
        "Observes",
        "Assists",
        "Practises",
        "Masters",
        "Guides",
    ]
    assert (report.tallies["ProficiencyScales"].created, scale.revisions.count()) == (1, 24)


def test_a_scale_in_use_is_not_changed_by_a_package(take: Take) -> None:
    take(fixture())
    mark_used(CompetencyRevision.objects.exclude(scale=None)[:1], at=LONG_AGO)
    tree = fixture()
    tree["extensions"]["cairn"]["proficiencyScales"][0]["levels"][0]["title"] = "Watches"

    with pytest.raises(PackageRefusedError) as refusal:
        take(tree)

    assert [fault.code.value for fault in refusal.value.faults] == ["scale_in_use"]


def test_a_free_scale_is_changed_by_a_package(take: Take) -> None:
    take(fixture())
    tree = fixture()
    tree["extensions"]["cairn"]["proficiencyScales"][0]["levels"][0]["title"] = "Watches"

    take(tree)

    assert ProficiencyScale.objects.get().levels.get(rank=1).title == "Watches"


def test_a_verdict_on_a_replacement_survives_the_next_import(take: Take) -> None:
    tree = package(item("old"), item("new"), edges=[edge("replacedBy", "old", "new")])
    take(tree)
    Association.objects.update(equivalence="partly")

    report = take(tree)

    assert (Association.objects.get().equivalence, report.changed) == ("partly", False)


def test_the_big_framework_takes_a_constant_number_of_queries(take: Take, django_assert_max_num_queries: Any) -> None:
    names = [f"item {number}" for number in range(2_000)]
    content = encoded(package(*map(item, names), edges=[edge("isChildOf", name, "item 0") for name in names[1:]]))

    with django_assert_max_num_queries(60):
        import_package(content, at=LONG_AGO)
