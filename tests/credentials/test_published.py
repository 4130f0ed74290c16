"""The addresses in signed documents: bytes for programs, for people a page that says no more."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from accounts.models import Learner, User
from core import clock
from credentials.badges.formats.lint import lint_badge
from credentials.errors import LintError
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.status_lists import publish_list
from credentials.issuing.formats.published_page import facts_of_document
from credentials.issuing.pages.published_labels import reached_text
from credentials.models import Credential, Issuer, StatusList
from credentials.verification.formats.foreign import verify
from programs.models import AchievementVersion, Award
from tests.credentials.awarding import achievement_of, granted, paper_of
from tests.credentials.papers import DID, FACTS, KNEAD, LATER, badge

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def paper(award: Award, issuer: Issuer) -> Credential:
    return paper_of(award)


def test_programs_get_the_exact_bytes(client: Client, paper: Credential) -> None:
    answer = client.get(f"/credentials/{paper.public_id}")

    assert (answer.content, answer["Content-Type"]) == (bytes(paper.content or b""), "application/vc")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer


def test_an_answer_that_is_held_is_not_sent_again(client: Client, paper: Credential) -> None:
    first = client.get(f"/credentials/{paper.public_id}")
    second = client.get(f"/credentials/{paper.public_id}", headers={"if-none-match": first["ETag"]})

    assert (second.status_code, second.content, second["Access-Control-Allow-Origin"]) == (304, b"", "*")


def test_people_get_a_page_without_the_name(client: Client, paper: Credential) -> None:
    page = client.get(f"/credentials/{paper.public_id}", headers=BROWSER).content.decode()

    assert "It is in force." in page
    assert '<h1 lang="en" dir="ltr">Bread</h1>' in page
    assert "Ada" not in page
    assert "L-" not in page


def test_criteria_are_read_as_the_markdown_that_they_are(
    client: Client, bread: AchievementVersion, ada: Learner, issuer: Issuer
) -> None:
    version = achievement_of(
        issuer.organization, "Rye", criteria="* Kneads\n  * by *hand*\n\n<script>alert(1)</script>"
    )
    paper = paper_of(granted(ada, version))

    for path in (f"/credentials/{paper.public_id}", f"/achievements/{version.achievement.public_id}/v/1"):
        page = client.get(path, headers=BROWSER).content.decode()
        assert "<li>by <em>hand</em></li>" in page
        assert "<script" not in page


def test_the_page_names_the_last_day_with_it(
    client: Client, bread: AchievementVersion, ada: Learner, issuer: Issuer
) -> None:
    until = date(2099, 1, 1)
    held = granted(ada, bread, valid_until=until, holds_until=clock.day_begins(until, issuer.organization.zone))

    page = client.get(f"/credentials/{paper_of(held).public_id}", headers=BROWSER).content.decode()

    assert "Dec. 31, 2098" in page


def test_the_page_says_what_became_of_it(client: Client, paper: Credential, registrar: User) -> None:
    Credential.objects.filter(pk=paper.pk).update(
        state="revoked", revoked_at=datetime.now(UTC), revocation_class="issued_in_error"
    )

    page = client.get(f"/credentials/{paper.public_id}", headers=BROWSER).content.decode()
    assert "It was revoked and is not valid any more." in page
    assert "It was issued in error." in page


def test_after_its_retention_a_paper_is_gone(client: Client, paper: Credential) -> None:
    Credential.objects.filter(pk=paper.pk).update(content=None, name=None, erased_at=clock.now())

    assert client.get(f"/credentials/{paper.public_id}").status_code == 410


def test_what_is_being_signed_is_not_there(client: Client, award: Award, issuer: Issuer) -> None:
    prepared = issue_award(award)
    assert prepared is not None
    assert client.get(f"/credentials/{prepared.public_id}").status_code == 404


def test_an_achievement_is_json_ld_and_a_page(client: Client, issuer: Issuer, bread: AchievementVersion) -> None:
    path = f"/achievements/{bread.achievement.public_id}/v/1"
    document = client.get(path).json()

    assert (document["id"], document["type"], document["name"]) == (
        f"https://cairn.example{path}",
        ["Achievement"],
        "Bread",
    )
    page = client.get(path, headers=BROWSER).content.decode()
    assert "Bakes it." in page
    assert '<h1 lang="en" dir="ltr">Bread</h1>' in page


def test_a_draft_is_not_published(client: Client, issuer: Issuer, bread: AchievementVersion) -> None:
    assert client.get(f"/achievements/{bread.achievement.public_id}/v/2").status_code == 404


def test_the_list_is_served_as_it_was_signed(client: Client, paper: Credential) -> None:
    answer = client.get(f"/status/{paper.status_list.public_id}")

    assert answer.content == bytes(StatusList.objects.get().content or b"")
    assert answer["Cache-Control"] == "public, max-age=30"


def test_serving_a_list_touches_no_key(client: Client, paper: Credential, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        client.get(f"/status/{paper.status_list.public_id}")


def test_signing_the_same_list_again_changes_only_its_dates(paper: Credential) -> None:
    before = json.loads(bytes(StatusList.objects.get().content or b""))
    after = json.loads(bytes(publish_list(paper.status_list).content or b""))

    assert after["credentialSubject"] == before["credentialSubject"]


def test_keys_are_published_with_cors(client: Client, issuer: Issuer) -> None:
    answer = client.get("/issuers/lakeside/did.json")
    document = json.loads(answer.content)

    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("application/did+ld+json", "*")
    assert document["assertionMethod"] == [issuer.keys.get().method]
    assert document["verificationMethod"][0]["type"] == "Multikey"


def test_a_stranger_can_verify_with_what_is_published(client: Client, paper: Credential) -> None:
    def fetch(url: str) -> bytes:
        return bytes(client.get(url.removeprefix("https://cairn.example")).content)

    found = verify(bytes(paper.content or b""), fetch, at=datetime.now(UTC))

    assert [check.passed for check in found] == [True] * 9


def test_a_list_that_must_not_be_signed_is_refused_and_the_one_before_stays(
    award: Award, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper_of(award)
    before = StatusList.objects.get()
    monkeypatch.setattr("credentials.issuing.actions.status_lists.VALID_FOR", timedelta(0))

    with pytest.raises(LintError, match="ends_before_it_starts"):
        publish_list(before)

    assert bytes(StatusList.objects.get().content or b"") == bytes(before.content or b"")


def test_the_page_shows_the_required_and_the_reached_level(rf: RequestFactory) -> None:
    facts = facts_of_document(badge())
    request = rf.get("/")
    request.user = AnonymousUser()

    results = [(line, reached_text(line)) for line in facts.results]
    page = render_to_string(
        "credentials/published/credential.html", {"facts": facts, "results": results}, request=request
    )

    (line,) = [line for line in facts.results if line.required]
    assert line.required != line.reached
    assert f'<td dir="auto">{line.required}</td><td dir="auto">{line.reached}</td>' in page


@pytest.mark.parametrize(
    ("change", "value", "words"),
    [
        ({"way": "recognised", "reached_scale": "scale-2"}, "recognised", "completed (Recognised)"),
        ({"way": "recognised", "reached_rank": None}, "recognised", "completed (Recognised)"),
        ({"way": "substituted"}, "substituted", "Skilled (Met by a substitute)"),
        ({"way": "mastered"}, None, "Skilled"),
    ],
)
def test_a_badge_and_its_page_say_how_a_competency_was_met(
    change: dict[str, Any], value: str | None, words: str
) -> None:
    facts = replace(FACTS, competencies=(replace(KNEAD, **change),))
    document = badge(facts)

    assert lint_badge(document, did=DID, at=LATER) == []
    (result,) = document["credentialSubject"]["result"]
    (line,) = facts_of_document(document).results
    assert (result.get("value"), reached_text(line)) == (value, words)
    assert ("achievedLevel" in result) == ("completed" not in words)


@pytest.mark.parametrize(("way", "words"), [("waived", "Waived"), ("forced", "Completed by exception")])
@pytest.mark.parametrize("scale", ["scale-1", ""])
def test_a_badge_and_its_page_name_a_part_that_an_exception_met(way: str, words: str, scale: str) -> None:
    """The criteria name the part, so its result must be there; it claims no level."""
    excepted = replace(KNEAD, way=way, scale=scale, reached_rank=None, reached_level="", basis="", achieved_on=None)
    elsewhere = replace(excepted, requirement="r9")
    # The definition describes what counted: one of the two is in it, the other not, as in an award of another version.
    document = badge(replace(FACTS, competencies=(replace(KNEAD, scale=scale),), waived=(excepted, elsewhere)))

    assert lint_badge(document, did=DID, at=LATER) == []
    results = document["credentialSubject"]["result"][1:]
    lines = facts_of_document(document).results[1:]
    assert [(result["value"], "achievedLevel" in result) for result in results] == [(way, False)] * 2
    assert [reached_text(line) for line in lines] == [words] * 2
    assert all(line.name for line in lines)
