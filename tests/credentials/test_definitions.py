"""One achievement version has one definition, published and embedded alike (invariant 28)."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from defusedxml import ElementTree
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, User
from competencies.models import Competency
from credentials.badges.formats.achievement import achievement_definition
from credentials.badges.formats.data_integrity import bytes_of
from credentials.badges.formats.pictures import achievement_picture
from credentials.integrity import problems
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.signing import sign_prepared
from credentials.issuing.formats.published_page import facts_of_document
from credentials.models import AchievementDefinition, Credential, DocumentState, Issuer
from programs.awards.rules import AchievementFacts, RequirementFact
from programs.curriculum.actions.authoring import Node, save_requirement, set_sharing
from programs.curriculum.actions.version_credits import set_version_credit
from programs.enrollment.actions.enrolling import enroll
from programs.models import AchievementVersion, Award, Granting, ProgramVersion, RequirementKind, Sharing
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale, show
from tests.credentials.awarding import granted, paper_of, work_off
from tests.credentials.papers import ACHIEVEMENT_URL, ISSUER, SCALE
from tests.credentials.test_integrity import unguarded
from tests.programs.places import ask_for, awarding, draft_of, open_assessment, refused, root_of, stack

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def four(school: Organization, settings: Any) -> list[Competency]:
    framework, scale = new_framework("Baking"), new_scale()
    found = [new_competency(framework, code, scale) for code in ("knead", "proof", "bake", "sell")]
    open_assessment(school, *found)
    return found


@pytest.fixture
def bakery(school: Organization, issuer: Issuer, four: list[Competency]) -> ProgramVersion:
    """A stacked micro-credential, one of two competencies, and 2.00 credits of anything."""
    inner = awarding(draft_of(school, "Basics", four[0]), Granting.AUTOMATIC)
    draft = draft_of(school, "Bakery")
    stack(root_of(draft), inner)
    choice = save_requirement(
        None,
        version=draft,
        parent=root_of(draft),
        node=Node(kind=RequirementKind.CHOOSE, title="One of", choose_count=1),
    )
    for competency in four[1:3]:
        ask_for(choice, competency, rank=2)
    free = Node(kind=RequirementKind.CREDITS, title="Free", credits_least=Decimal(2), qualifiers={"accepts": ["*"]})
    save_requirement(None, version=draft, parent=root_of(draft), node=free)
    for competency in four:
        set_version_credit(draft, competency=competency, worth=Decimal(2))
    for group in (root_of(draft), choice):
        set_sharing(group, sharing=Sharing.SHARED)
    return awarding(draft, Granting.AUTOMATIC)


def bakes(learner: Learner, bakery: ProgramVersion, *shown: Competency, by: User) -> Credential:
    """The badge of a learner who shows these competencies."""
    enroll(learner, version=bakery, on=MONDAY.date(), by=by, at=MONDAY)
    for competency in shown:
        show(learner, competency, 3, by=by)
    work_off()
    award = Award.objects.of(learner).standing().get(program_version=bakery)
    return Credential.objects.signed().get(award=award)


def subject(badge: Credential) -> dict[str, Any]:
    found: dict[str, Any] = (badge.document or {})["credentialSubject"]
    return found


def fragments(document: Any) -> set[str]:
    """Every identifier below an achievement's address that a document uses."""
    if isinstance(document, dict):
        return set().union(*map(fragments, document.values()))
    if isinstance(document, list):
        return set().union(*map(fragments, document)) if document else set()
    return {document} if isinstance(document, str) and "/achievements/" in document and "#" in document else set()


def identifiers(document: Any) -> Iterator[str]:
    """The `id` of each object in a document."""
    if isinstance(document, dict):
        yield from [document["id"]] if "id" in document else []
        document = list(document.values())
    if isinstance(document, list):
        for part in document:
            yield from identifiers(part)


def test_all_badges_of_a_version_embed_the_published_definition(
    client: Client, bakery: ProgramVersion, four: list[Competency], registrar: User, issuer: Issuer, settings: Any
) -> None:
    knead, proof, bake, sell = four
    first = bakes(create_learner("Ada", by=registrar, at=MONDAY), bakery, knead, proof, sell, by=registrar)
    save_issuer(
        issuer, organization=issuer.organization, slug="lakeside", name="Renamed", by=registrar, at=MONDAY, reason="So."
    )
    settings.PUBLIC_URL, settings.CAIRN_ORIGIN = "https://elsewhere.example", "https://later.example"
    Competency.objects.filter(pk=knead.pk).update(code="another code")
    second = bakes(create_learner("Ben", by=registrar, at=MONDAY), bakery, knead, bake, sell, by=registrar)

    path = f"/achievements/{first.award.achievement.public_id}/v/1"
    published = client.get(path).json()

    assert subject(first)["achievement"] == subject(second)["achievement"]
    assert published.pop("@context") == (first.document or {})["@context"]
    assert published == subject(first)["achievement"]
    assert (published["creator"]["name"], (second.document or {})["issuer"]["name"]) == ("Lakeside College", "Renamed")
    assert subject(first)["result"] != subject(second)["result"]
    assert list(problems()) == []


def test_results_name_what_was_reached_in_the_whole_that_is_described(
    bakery: ProgramVersion, four: list[Competency], registrar: User, ada: Learner
) -> None:
    knead, proof, _bake, sell = four
    badge = bakes(ada, bakery, knead, proof, sell, by=registrar)

    results, whole = subject(badge)["result"], subject(badge)["achievement"]
    described = {each["id"]: each for each in whole["resultDescription"]}
    assert len(described) == len(whole["resultDescription"])
    assert [aligned["targetCode"] for aligned in whole["alignment"]] == ["knead", "proof", "bake"]
    reached = {
        described[each["resultDescription"]]["name"]: each["achievedLevel"].rpartition("/")[2]
        for each in results
        if "achievedLevel" in each
    }
    assert reached == {"Can knead.": "level-3", "Can proof.": "level-3"}
    free = [each for each in results if "achievedLevel" not in each]
    codes = {each["alignment"][0]["targetCode"] for each in free}
    assert {(described[each["resultDescription"]]["name"], each["status"]) for each in free} == {("Free", "Completed")}
    assert codes
    assert codes <= {"knead", "proof", "sell"}
    page = facts_of_document(badge.document or {})
    assert {line.code for line in page.results} == {"knead", "proof"} | codes


def test_every_fragment_of_older_badges_resolves(
    client: Client, bakery: ProgramVersion, four: list[Competency], registrar: User, ada: Learner
) -> None:
    """A badge from before there were definitions named parts that a definition made from the version would lack."""
    old = bakes(ada, bakery, *four[:2], four[3], by=registrar)
    document = old.document or {}
    url = document["credentialSubject"]["achievement"]["id"].replace("https://cairn.example", "https://old.example")
    document["credentialSubject"]["achievement"]["resultDescription"] = [
        {"id": f"{url}#r{number}", "type": ["ResultDescription"], "name": "Sells", "resultType": "RubricCriterionLevel",
         "requiredLevel": f"{url}#r{number}/level-7", "rubricCriterionLevel": [
             {"id": f"{url}#r{number}/level-7", "type": ["RubricCriterionLevel"], "name": "Seventh", "level": "7"}]}
        for number in (1, 2, 99)
    ]  # fmt: skip
    unguarded(
        "credentials_document",
        "UPDATE credentials_document SET content = %s, signed_at = signed_at - interval '1 day' WHERE id = %s",
        [bytes_of(document), old.pk],
    )
    unguarded("credentials_achievementdefinition", "DELETE FROM credentials_achievementdefinition", [])

    path = f"/achievements/{old.award.achievement.public_id}/v/1"
    published = client.get(path).json()
    page = client.get(path, headers=BROWSER).content.decode()

    used = {fragment.partition("#")[2] for fragment in fragments(document)}
    there = [name.partition("#")[2] for name in identifiers(published) if "#" in name and "/achievements/" in name]
    assert {"r1", "r2", "r99", "r99/level-7"} <= used <= set(there)
    assert len(there) == len(set(there))
    assert all(f'id="{fragment}"' in page for fragment in used)


def test_badges_are_not_read_again_for_each_reader_of_a_definition_that_cannot_be_published(
    award: Award, issuer: Issuer, client: Client
) -> None:
    badge = paper_of(award)
    unguarded("credentials_achievementdefinition", "DELETE FROM credentials_achievementdefinition", [])
    unguarded(
        "programs_achievementversion",
        "UPDATE programs_achievementversion SET content = content || %s WHERE id = %s",
        ['{"title": "Bread\\u007f"}', badge.award.achievement_version_id],
    )

    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/achievements/{award.achievement.public_id}/v/1").status_code == 404

    assert not [query["sql"] for query in asked if Credential._meta.db_table in query["sql"]]


def test_what_was_prepared_before_the_definition_is_prepared_again(award: Award, issuer: Issuer) -> None:
    prepared = issue_award(award)
    assert prepared is not None
    document = json.loads(json.dumps(prepared.prepared))
    document["credentialSubject"]["achievement"]["creator"]["name"] = "Another"
    unguarded(
        "credentials_document",
        "UPDATE credentials_document SET prepared = %s WHERE id = %s",
        [json.dumps(document), prepared.pk],
    )
    prepared.refresh_from_db()

    assert sign_prepared(prepared).state == DocumentState.VOIDED
    work_off()

    signed = Credential.objects.signed().get(award=award)
    assert subject(signed)["achievement"]["creator"]["name"] == "Lakeside College"


def test_a_badge_with_another_definition_is_named(award: Award, issuer: Issuer) -> None:
    badge = paper_of(award)
    document = badge.document or {}
    document["credentialSubject"]["achievement"]["description"] = "Another."
    unguarded(
        "credentials_document",
        "UPDATE credentials_document SET content = %s WHERE id = %s",
        [bytes_of(document), badge.pk],
    )

    assert any("embeds another definition" in problem for problem in problems())


def test_a_definition_never_changes(award: Award, issuer: Issuer, client: Client) -> None:
    paper_of(award)
    client.get("/issuers/lakeside/image")

    refused("UPDATE credentials_achievementdefinition SET content = ''")
    refused("UPDATE credentials_publishedimage SET content = ''")


def test_a_definition_is_written_when_its_address_is_first_read(
    client: Client, bread: AchievementVersion, issuer: Issuer, django_assert_num_queries: Any
) -> None:
    path = f"/achievements/{bread.achievement.public_id}/v/1"
    first = client.get(path).content
    Issuer.objects.update(name="Renamed")

    with django_assert_num_queries(2):
        assert client.get(path).content == first
    assert bytes(AchievementDefinition.objects.get().content) == first


def test_nobody_signs_so_nothing_is_published(client: Client, bread: AchievementVersion) -> None:
    for path in ("", "/image"):
        assert client.get(f"/achievements/{bread.achievement.public_id}/v/1{path}").status_code == 404
    assert not AchievementDefinition.objects.exists()


def test_pictures_are_at_the_signed_addresses_for_good(client: Client, award: Award, issuer: Issuer) -> None:
    badge = paper_of(award)
    document = badge.document or {}
    addresses = [
        document["issuer"]["image"]["id"],
        subject(badge)["achievement"]["creator"]["image"]["id"],
        subject(badge)["achievement"]["image"]["id"],
    ]
    paths = [address.removeprefix("https://cairn.example") for address in addresses]
    first = [client.get(path) for path in paths]
    Issuer.objects.update(name="Renamed")

    assert [answer.content for answer in first] == [client.get(path).content for path in paths]
    for answer in first:
        assert ElementTree.fromstring(answer.content).tag == "{http://www.w3.org/2000/svg}svg"
        assert (answer["Content-Type"], answer["Cache-Control"], answer["Access-Control-Allow-Origin"]) == (
            "image/svg+xml",
            "public, max-age=31536000, immutable",
            "*",
        )
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert b">Bread</text>" in first[2].content


def test_a_title_cannot_put_markup_into_a_picture() -> None:
    picture = achievement_picture(title='"><script>x</script>\u202e', issuer="A & B\x07", seed="x")

    texts = [each.text for each in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert ("".join(filter(None, texts[:-1])), texts[-1]) == ('"><script>x</script>', "A & B")


def test_long_definitions_leave_out_what_levels_mean() -> None:
    parts = tuple(
        RequirementFact(f"r{number}", "Kneads", competency=str(number), scale=SCALE.id) for number in range(2, 400)
    )
    facts = AchievementFacts("a", 1, "Certificate", "Bread", "", "", "en", "", None, parts, (SCALE,))

    definition = achievement_definition(facts, creator=ISSUER, url=ACHIEVEMENT_URL)

    levels = definition["resultDescription"][0]["rubricCriterionLevel"]
    assert [level["name"] for level in levels] == ["Beginning", "Able", "Skilled"]
    assert not any("description" in level for level in levels)


def test_a_version_without_a_program_describes_itself_alone(
    ada: Learner, bread: AchievementVersion, issuer: Issuer
) -> None:
    achievement = subject(paper_of(granted(ada, bread)))["achievement"]

    assert "resultDescription" not in achievement
    assert achievement["name"] == "Bread"
