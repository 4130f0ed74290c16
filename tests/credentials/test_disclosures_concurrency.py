"""Acceptance: disclosures equal partners' answers while learners withdraw, and nothing is read after a withdrawal."""

import hashlib
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import connections
from oauth2_provider.models import AccessToken

from accounts.actions.sharing_grants import withdraw_sharing_grant
from accounts.models import Disclosure, SharingGrant
from core import clock
from tests.conftest import LONG
from tests.credentials.sharing_places import Api, new_partner, new_program, new_transcript, shared
from tests.recipes import institution

CLIENTS = 20
LEARNERS = 30 if LONG else 8
ROUNDS = 40 if LONG else 6


@dataclass(frozen=True)
class Answer:
    """What a partner got: when it asked, how it was answered, and for which transcripts."""

    asked_at: datetime
    status: int
    transcripts: tuple[str, ...]
    kind: str


def asking(api: Api, wanted: list[str], seed: int, start: threading.Barrier) -> list[Answer]:
    """One partner's program: lists, reads, reads again what it holds."""
    choice = random.Random(seed)  # noqa: S311 - a schedule, no secret
    etags: dict[str, str] = {}
    found: list[Answer] = []
    start.wait()
    try:
        for _round in range(ROUNDS):
            at = clock.now()
            if choice.random() < 0.3:
                answer = api.get("transcripts/?limit=100")
                rows = tuple(row["id"] for row in answer.json()["results"])
                found.append(Answer(at, answer.status_code, rows, "list"))
                continue
            one = choice.choice(wanted)
            headers = {"if-none-match": etags[one]} if one in etags else {}
            answer = api.get(f"transcripts/{one}", **headers)
            if answer.status_code == 200:
                etags[one] = answer["ETag"]
            found.append(Answer(at, answer.status_code, (one,), "read"))
    finally:
        connections.close_all()
    return found


def withdrawing(grants: list[SharingGrant], start: threading.Barrier) -> dict[int, datetime]:
    """The learners, one after the other; when each withdrawal was done."""
    done: dict[int, datetime] = {}
    start.wait()
    try:
        for grant in grants:
            time.sleep(0.05)
            withdraw_sharing_grant(grant, at=clock.now())
            done[grant.pk] = clock.now()
    finally:
        connections.close_all()
    return done


@pytest.mark.django_db(transaction=True)
def test_every_answer_is_written_down_and_none_comes_after_a_withdrawal() -> None:
    institution.make()
    partners = [new_partner(f"Partner {number}") for number in range(4)]
    programs = [Api(new_program(partners[number % 4])) for number in range(CLIENTS)]
    transcripts = [new_transcript() for _number in range(LEARNERS)]
    grants: dict[tuple[int, str], SharingGrant] = {}
    for place, partner in enumerate(partners):
        for one in transcripts:
            grants[place, str(one.public_id)] = shared(one, partner)[0]
    wanted = [str(one.public_id) for one in transcripts]
    leaving = [grant for (_place, _one), grant in grants.items()][::2]
    start = threading.Barrier(CLIENTS + 1)

    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        ending = pool.submit(withdrawing, leaving, start)
        asked = [pool.submit(asking, api, wanted, seed, start) for seed, api in enumerate(programs)]
        withdrawn = ending.result()
        answers = [(number, answer) for number, found in enumerate(asked) for answer in found.result()]

    statuses = {answer.status for _number, answer in answers}
    assert statuses <= {200, 304, 404}
    assert {200, 304, 404} <= statuses
    told = sum(len(answer.transcripts) for _number, answer in answers if answer.status in {200, 304})
    assert Disclosure.objects.count() == told
    assert per_client_counts() == expected_counts(answers, programs)
    for number, answer in answers:
        for name in answer.transcripts if answer.status in {200, 304} else ():
            ended = withdrawn.get(grants[number % 4, name].pk)
            assert ended is None or answer.asked_at <= ended
    for row in Disclosure.objects.select_related("grant").exclude(grant__withdrawn_at=None):
        assert row.disclosed_at <= withdrawn[row.grant_id]


def per_client_counts() -> dict[tuple[int, str, int], int]:
    counts: dict[tuple[int, str, int], int] = {}
    for row in Disclosure.objects.all():
        key = (row.client_id or 0, row.act, row.status)
        counts[key] = counts.get(key, 0) + 1
    return counts


def expected_counts(answers: list[tuple[int, Answer]], programs: list[Any]) -> dict[tuple[int, str, int], int]:

    clients = {
        number: AccessToken.objects.get(token_checksum=hashlib.sha256(api.token.encode()).hexdigest()).application_id
        for number, api in enumerate(programs)
    }
    counts: dict[tuple[int, str, int], int] = {}
    for number, answer in answers:
        if answer.status in {200, 304} and answer.transcripts:
            key = (clients[number], answer.kind, answer.status)
            counts[key] = counts.get(key, 0) + len(answer.transcripts)
    return counts
