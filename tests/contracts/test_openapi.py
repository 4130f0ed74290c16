"""The description of the partner API: complete, valid, the one in docs/, and true of what is answered.

`CAIRN_WRITE_OPENAPI=1` writes today's description into docs/openapi.yaml; the change is then read and committed.
"""

import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings

from accounts.api.throttles import ProgramThrottle
from core.rates import Rate
from tests.conftest import LONG, ROOT
from tests.credentials.awarded import issuer, new_credential
from tests.credentials.sharing_places import Api, new_partner, new_program, new_transcript, shared

__all__ = ["issuer"]  # a fixture, borrowed

DOCUMENT = ROOT / "docs" / "openapi.yaml"
CASES = 200 if LONG else 20
OPERATIONS = ["getCredential", "getTranscript", "listPrograms", "listTranscripts", "verify"]


def described() -> dict[str, Any]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {said["operationId"]: said for place in schema["paths"].values() for said in place.values()}


def test_the_description_in_docs_is_todays() -> None:
    text = OpenApiYamlRenderer().render(described(), renderer_context={}).decode()  # type: ignore[no-untyped-call]
    if os.environ.get("CAIRN_WRITE_OPENAPI") == "1":
        DOCUMENT.write_text(text, encoding="utf-8")

    assert DOCUMENT.read_text(encoding="utf-8") == text


def test_the_description_is_valid_and_nothing_was_guessed() -> None:
    with GENERATOR_STATS.silence():
        schema = described()

    validate_schema(schema)  # type: ignore[no-untyped-call]
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_every_operation_is_described_with_examples_and_problems() -> None:
    found = operations(described())

    assert sorted(found) == OPERATIONS
    for name, said in found.items():
        assert said["summary"], name
        assert said["security"] == [{"partner": ["read"]}]
        assert {"200", "401", "429"} <= set(said["responses"])
        problem = said["responses"]["401"]["content"]
        assert list(problem) == ["application/problem+json"]
    for name in ("getTranscript", "listPrograms", "listTranscripts", "verify"):
        assert found[name]["responses"]["200"]["content"]["application/json"]["examples"], name


def test_a_stored_transcript_is_what_the_description_says(db: None, issuer: Any) -> None:
    from jsonschema import Draft4Validator

    transcript = new_transcript(new_credential(issuer).learner)
    said = operations(described())["getTranscript"]["responses"]["200"]["content"]["application/json"]["schema"]

    assert list(Draft4Validator(without_nullable(said)).iter_errors(transcript.facts)) == []
    assert set(transcript.facts or {}) == set(said["properties"])


def without_nullable(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema says it; nothing beside what is described is allowed."""
    if isinstance(schema, list):
        return [without_nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: without_nullable(part) for name, part in schema.items() if name != "nullable"}
    if told.get("type") == "object" and "properties" in told:
        told["additionalProperties"] = False
    return {"anyOf": [told, {"type": "null"}]} if schema.get("nullable") is True else told


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The test's transaction outlives requests that come over WSGI."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.parametrize("operation", OPERATIONS)
def test_whatever_is_asked_the_answer_is_as_described(
    operation: str, one_connection: None, issuer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProgramThrottle, "rate", Rate("api", 1_000_000))
    acme = new_partner()
    credential = new_credential(issuer)
    transcript = new_transcript(credential.learner)
    shared(transcript, acme)
    api = Api(new_program(acme))
    headers = {"Authorization": f"Bearer {api.token}"}
    there = {"transcript_id": str(transcript.public_id), "credential_id": str(credential.public_id)}
    schema = schemathesis.openapi.from_dict(described())
    schema.app = get_wsgi_application()
    (target,) = [found for found in all_of(schema) if found.definition.raw["operationId"] == operation]
    asked = iter(range(10**9))

    @given(case=target.as_strategy())
    @settings(
        max_examples=CASES,
        deadline=None,
        derandomize=not LONG,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def asking(case: Any) -> None:
        if next(asked) % 2:  # every other time something that is there
            case.path_parameters = {name: there[name] for name in case.path_parameters or {}}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            case.call_and_validate(headers=headers)

    asking()
    assert next(asked) >= CASES


def all_of(schema: Any) -> list[Any]:
    """Every operation; one that could not be read fails here."""
    return [found.ok() for found in schema.get_all_operations()]
