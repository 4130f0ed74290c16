"""The partner API: what is shared and nothing else, each answer about a learner written down, withdrawal at once."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actions.partners import end_partner_client
from accounts.actions.sharing_grants import withdraw_sharing_grant
from accounts.models import Disclosure, LearnerName, Organization
from core import clock
from core.text.canonical import digest_of_bytes
from credentials.models import Transcript
from credentials.transcripts.actions.transcripts import supersede_transcript
from tests.assessments.places import new_competency, new_framework, new_scale
from tests.canaries import Listener
from tests.credentials.awarded import issuer, new_credential
from tests.credentials.sharing_places import Api, new_partner, new_program, new_transcript, shared
from tests.programs.places import draft_of, open_assessment, published
from tests.recipes import institution

__all__ = ["issuer"]  # a fixture, borrowed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def school(db: None) -> Organization:
    college: Organization = institution.make()
    return college


@pytest.fixture
def acme(school: Organization) -> Organization:
    return new_partner()


@pytest.fixture
def api(acme: Organization) -> Api:
    return Api(new_program(acme))


@pytest.fixture
def transcript(school: Organization) -> Transcript:
    return new_transcript()


def told() -> list[tuple[str, int]]:
    return [(row.act, row.status) for row in Disclosure.objects.order_by("pk")]


def test_a_shared_transcript_is_answered_byte_for_byte(api: Api, acme: Organization, transcript: Transcript) -> None:
    grant, _token = shared(transcript, acme)

    answer = api.get(f"transcripts/{transcript.public_id}")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.content == bytes(transcript.content or b"")
    assert digest_of_bytes(answer.content) == transcript.digest
    assert answer.json()["holder"]["name"] == "Ada Lovelace"
    row = Disclosure.objects.get()
    assert (row.grant, row.organization, row.subject_id, row.content_digest) == (
        grant,
        acme,
        transcript.public_id,
        transcript.digest,
    )
    assert (row.client, row.act, row.status) == (acme.partner_clients.get(), "read", 200)


def test_who_holds_it_gets_304_and_that_is_written_down_too(
    api: Api, acme: Organization, transcript: Transcript
) -> None:
    shared(transcript, acme)
    place = f"transcripts/{transcript.public_id}"
    etag = api.get(place)["ETag"]

    again = api.get(place, **{"if-none-match": etag})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert told() == [("read", 200), ("read", 304)]
    assert api.get(place, **{"if-none-match": '"other"'}).status_code == 200


def test_on_paper_by_accept(api: Api, acme: Organization, transcript: Transcript) -> None:
    shared(transcript, acme)
    place = f"transcripts/{transcript.public_id}"

    paper = api.get(place, accept="application/pdf")

    assert (paper.status_code, paper["Content-Type"], paper.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert api.get(place, accept="application/pdf", **{"if-none-match": paper["ETag"]}).status_code == 304
    assert api.get(place)["ETag"] != paper["ETag"]
    assert told() == [("download", 200), ("download", 304), ("read", 200)]


def test_a_problem_is_json_also_for_who_asks_for_paper(api: Api) -> None:
    answer = api.get(f"transcripts/{uuid.uuid4()}", accept="application/pdf")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(answer.content)["code"] == "not_found"


def test_what_can_not_be_given_in_the_form_asked_for_is_406(
    api: Api, acme: Organization, transcript: Transcript
) -> None:
    shared(transcript, acme)

    assert api.get(f"transcripts/{transcript.public_id}", accept="text/csv").status_code == 406
    assert told() == []


def test_after_a_withdrawal_the_next_request_finds_nothing(
    api: Api, acme: Organization, transcript: Transcript
) -> None:
    grant, _token = shared(transcript, acme)
    place = f"transcripts/{transcript.public_id}"
    etag = api.get(place)["ETag"]

    withdraw_sharing_grant(grant, at=clock.now())

    assert api.get(place).status_code == 404
    assert api.get(place, **{"if-none-match": etag}).status_code == 404
    assert api.get(place, accept="application/pdf").status_code == 404
    assert api.get("transcripts/").json()["results"] == []
    assert told() == [("read", 200)]


def test_a_sharing_ends_with_its_day(
    api: Api, acme: Organization, transcript: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared(transcript, acme, days=30)
    later = clock.now() + timedelta(days=30)
    token = Api(acme.partner_clients.get())
    assert api.get(f"transcripts/{transcript.public_id}").status_code == 200

    monkeypatch.setattr(clock, "now", lambda: later)
    from oauth2_provider.models import AccessToken

    AccessToken.objects.update(expires=later + timedelta(hours=1))

    assert token.get(f"transcripts/{transcript.public_id}").status_code == 404


def test_what_is_not_shared_reads_like_what_does_not_exist(api: Api, transcript: Transcript) -> None:
    other = new_partner("Bolt")
    shared(transcript, other)
    shared(transcript, None)

    hidden, missing = api.get(f"transcripts/{transcript.public_id}"), api.get(f"transcripts/{uuid.uuid4()}")

    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)
    assert hidden.status_code == 404
    assert told() == []


def test_no_one_else_reads(api: Api, acme: Organization, transcript: Transcript) -> None:
    shared(transcript, acme)
    paths = ["transcripts/", f"transcripts/{transcript.public_id}", f"credentials/{uuid.uuid4()}", "programs/"]

    for path in paths:
        bare = Client().get(f"/api/v1/{path}")
        assert (bare.status_code, bare["Content-Type"]) == (401, "application/problem+json")
        assert bare["WWW-Authenticate"].startswith("Bearer")
    end_partner_client(acme.partner_clients.get(), by=None, at=clock.now(), reason="over")  # type: ignore[arg-type]
    assert [api.get(path).status_code for path in paths] == [401] * 4
    assert told() == []


def test_what_takes_its_place_is_shared_only_where_that_was_agreed(
    api: Api, acme: Organization, transcript: Transcript
) -> None:
    bolt = new_partner("Bolt")
    other = Api(new_program(bolt))
    shared(transcript, acme, and_successors=True)
    shared(transcript, bolt)

    newer = supersede_transcript(transcript, by=None, at=clock.now())

    assert [row["id"] for row in api.get("transcripts/").json()["results"]] == [str(newer.public_id)]
    assert [row["id"] for row in other.get("transcripts/").json()["results"]] == [str(transcript.public_id)]
    assert api.get(f"transcripts/{newer.public_id}").status_code == 200
    assert other.get(f"transcripts/{newer.public_id}").status_code == 404
    assert [one.get(f"transcripts/{transcript.public_id}").status_code for one in (api, other)] == [200, 200]


def test_a_withdrawal_ends_what_took_its_place_too(api: Api, acme: Organization, transcript: Transcript) -> None:
    grant, _token = shared(transcript, acme, and_successors=True)
    newer = supersede_transcript(transcript, by=None, at=clock.now())

    withdraw_sharing_grant(grant, at=clock.now())

    assert api.get(f"transcripts/{newer.public_id}").status_code == 404


def test_a_credential_is_read_only_if_a_shared_transcript_names_it(api: Api, acme: Organization, issuer: Any) -> None:
    named = new_credential(issuer)
    transcript = new_transcript(named.learner)
    unnamed = new_credential(issuer, learner=named.learner, title="Rolls")

    assert api.get(f"credentials/{named.public_id}").status_code == 404
    shared(transcript, acme)
    answer = api.get(f"credentials/{named.public_id}")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/vc")
    assert answer.content == bytes(named.content or b"")
    held = api.get(f"credentials/{named.public_id}", **{"if-none-match": answer["ETag"]})
    assert held.status_code == 304
    assert api.get(f"credentials/{named.public_id}", accept="application/json").status_code == 200
    assert api.get(f"credentials/{unnamed.public_id}").status_code == 404
    assert [row.subject_kind for row in Disclosure.objects.all()] == ["credential"] * 3


def test_verify_answers_about_what_one_holds_and_writes_nothing_down(api: Api, issuer: Any) -> None:
    credential = new_credential(issuer)
    bodies = [
        {"code": credential.code},
        {"link": credential.url},
        {"credential": credential.document},
    ]

    for body in bodies:
        answer = api.post("verify", body)
        assert (answer.status_code, answer.json()["verdict"]) == (200, "valid")
        assert answer.json()["credential"]["title"] == "Bread"
        assert "Lovelace" not in answer.content.decode()
    assert api.post("verify", {"code": "nonsense"}).json()["verdict"] == "not_known"
    assert (
        api.post("verify", {"credential": {**(credential.document or {}), "name": "x"}}).json()["verdict"] == "altered"
    )
    assert told() == []


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"code": 1}', '{"code": "a", "link": "b"}',
     '{"code": "a", "code": "b"}', '{"other": 1}', "[" * 9999, '{"code": "' + "x" * 101 + '"}', '{"credential": "x"}'],
)  # fmt: skip
def test_a_body_that_asks_nothing_is_a_problem(api: Api, body: str) -> None:
    answer = Client().post(
        "/api/v1/verify", body, content_type="application/json", headers={"authorization": f"Bearer {api.token}"}
    )

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("number", ["9" * 31, "1e999", "[-1e999]"])
def test_a_credential_with_a_number_without_end_is_answered(api: Api, number: str) -> None:
    body = f'{{"credential": {{"credits": {number}}}}}'

    answer = Client().post(
        "/api/v1/verify", body, content_type="application/json", headers={"authorization": f"Bearer {api.token}"}
    )

    assert (answer.status_code, answer.json()["verdict"]) == (200, "cannot_tell")
    assert [check["reason"] for check in answer.json()["checks"]] == ["not_json"]


def test_programs_in_force_are_listed(api: Api, school: Organization) -> None:
    knead = new_competency(new_framework(), "knead", new_scale())
    open_assessment(school, knead)
    published(school, "Bread", knead)
    draft_of(school, "Rolls")

    (row,) = api.get("programs/").json()["results"]

    assert (row["title"], row["version"], row["organization"]["name"]) == ("Bread", 1, school.name)


def test_what_is_no_address_of_the_api_is_a_problem_too(db: None) -> None:
    for path in ("/api/v1/", "/api/v2/transcripts/", "/api/x"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_client_over_its_rate_is_told_when_to_come_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.api.throttles import ProgramThrottle
    from core.rates import Rate

    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)
    monkeypatch.setattr(ProgramThrottle, "rate", Rate("api", 2))

    answers = [api.get("programs/") for _try in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "throttled"


def test_a_read_takes_few_queries(
    api: Api, acme: Organization, transcript: Transcript, django_assert_max_num_queries: Any
) -> None:
    shared(transcript, acme)

    # Token, rate, what opens it, and one transaction: lock, count, write down; savepoints are the test's own.
    with django_assert_max_num_queries(10):
        api.get(f"transcripts/{transcript.public_id}")


def test_no_token_and_no_name_stands_in_a_log_line(
    api: Api, acme: Organization, transcript: Transcript, log_lines: Listener
) -> None:
    shared(transcript, acme)

    api.get(f"transcripts/{transcript.public_id}")
    api.get(f"transcripts/?cursor={api.token}")

    assert log_lines.leaks([api.token, "Lovelace"]) == []


def test_a_later_name_is_not_told_to_who_was_shown_the_earlier(api: Api, acme: Organization, issuer: Any) -> None:
    from credentials.issuing.actions.reissuing import reissue
    from credentials.issuing.actions.signing import sign_prepared
    from credentials.models import IssueReason

    old = new_credential(issuer)
    shared(new_transcript(old.learner), acme)
    LearnerName.objects.filter(learner=old.learner).update(text="Ada King")
    new = sign_prepared(reissue(old, reason=IssueReason.NAME, by=None))

    assert api.get(f"credentials/{new.public_id}").status_code == 404
    assert api.get(f"credentials/{old.public_id}").status_code == 200
