"""The list of the partner API: what is shared, page by page, each row written down, at the same cost."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts.models import Disclosure, Organization
from credentials.models import GrantItem, Transcript
from tests.credentials.sharing_places import Api, new_partner, new_transcript, shared
from tests.credentials.test_partner_api import acme, api, school, told, transcript

__all__ = ["acme", "api", "school", "transcript"]  # fixtures, borrowed

pytestmark = pytest.mark.django_db


def test_the_list_says_what_is_shared_and_each_row_is_written_down(api: Api, acme: Organization) -> None:
    first, second = new_transcript(), new_transcript()
    shared(first, acme)
    shared(second, acme)
    shared(new_transcript(), new_partner("Bolt"))

    answer = api.get("transcripts/").json()

    assert [row["id"] for row in answer["results"]] == [str(first.public_id), str(second.public_id)]
    assert answer["next"] is None
    assert {key: answer["results"][0][key] for key in ("serial", "kind", "purpose", "digest")} == {
        "serial": first.serial,
        "kind": "official",
        "purpose": "employment",
        "digest": first.digest,
    }
    assert told() == [("list", 200), ("list", 200)]
    assert {row.learner_id for row in Disclosure.objects.all()} == {first.learner_id, second.learner_id}


def test_a_list_names_nobody(api: Api, acme: Organization, transcript: Transcript) -> None:
    shared(transcript, acme)

    page = api.get("transcripts/").content.decode()

    assert "Lovelace" not in page
    assert transcript.learner.learner_number not in page


def test_pages_follow_each_other_without_gap_or_repeat(api: Api, acme: Organization) -> None:
    wanted = []
    for _number in range(5):
        one = new_transcript()
        shared(one, acme)
        wanted.append(str(one.public_id))
    seen: list[str] = []
    place: str | None = "transcripts/?limit=2"
    sizes = []
    while place:
        page = api.get(place).json()
        sizes.append(len(page["results"]))
        seen += [row["id"] for row in page["results"]]
        place = page["next"] and urlsplit(page["next"])._replace(scheme="", netloc="").geturl().removeprefix("/api/v1/")

    assert (seen, sizes) == (wanted, [2, 2, 1])


def test_only_what_changed_since(api: Api, acme: Organization) -> None:
    first, second = new_transcript(), new_transcript()
    shared(first, acme)
    shared(second, acme)
    since = GrantItem.objects.get(transcript=second).covered_at.isoformat()

    rows = Api.get(api, "transcripts/?" + "changed_since=" + since.replace("+", "%2B")).json()["results"]

    assert [row["id"] for row in rows] == [str(second.public_id)]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 400),
        ("limit=101", 400),
        ("limit=x", 400),
        ("changed_since=yesterday", 400),
        ("changed_since=2026-03-02T09:00:00", 400),
        ("cursor=nonsense", 404),
        ("cursor=MjAyNg", 404),
        ("cursor=%00", 404),
    ],
)
def test_a_wrong_question_is_a_problem(api: Api, query: str, status: int) -> None:
    answer = api.get(f"transcripts/?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert set(answer.json()) >= {"type", "title", "status", "code", "detail"}


def test_lists_take_the_same_queries_for_one_row_and_for_three(
    api: Api, acme: Organization, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _round in range(2):
        shared(new_transcript(), acme)
        shared(new_transcript(), acme)
        with CaptureQueriesContext(connection) as queries:
            api.get("transcripts/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
