"""A typed name is compared with exactly the name that a document prints; by code no name is ever shown."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.actions.learners import allow_name_comparison, change_learner, create_learner, set_privacy_hold
from accounts.actions.links import link_records
from accounts.actions.names import add_name
from accounts.models import Learner, NameKind, User
from accounts.rules.names import compared_name
from core import clock
from credentials.issuing.actions.reissuing import reissue
from credentials.models import Credential, Issuer, IssueReason, NameComparison
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.actions import compare_name
from programs.models import Award
from tests.assessments.places import MONDAY
from tests.credentials.awarding import paper_of, work_off
from tests.recipes import signed_in_client

MATCHES = "The name matches the document."
NOT_CONFIRMED = "The name could not be confirmed. Ask the holder for a share link."
OFFER = "Compare the name"


@pytest.fixture
def paper(award: Award, issuer: Issuer) -> Credential:
    """The credential whose certificate prints *Ada Byron*."""
    return paper_of(award)


def asked(client: Client, code: str, name: str) -> str:
    return client.post(f"/verify/{code}/name", {"name": name}).content.decode()


@pytest.mark.parametrize("typed", ["Ada Byron", "  ADA   byron ", "Ada Byrón", "Ada\u200b Byron", "\uff21da Byron"])
def test_the_printed_name_matches_however_it_is_typed(client: Client, paper: Credential, typed: str) -> None:
    page = client.get(f"/verify/{paper.code}").content.decode()

    assert OFFER in page
    assert "Byron" not in page
    assert MATCHES in asked(client, paper.code, typed)


@pytest.mark.parametrize("typed", ["Ada", "Byron Ada", "Ada Lovelace", "Ada Byron King", "%", "."])
def test_another_name_is_not_confirmed_and_none_is_shown(client: Client, paper: Credential, typed: str) -> None:
    page = asked(client, paper.code, typed)

    assert NOT_CONFIRMED in page
    assert "Ada Byron" not in page
    assert MATCHES not in page


def test_vowel_signs_of_other_scripts_count() -> None:
    assert compared_name("राम") != compared_name("रम")
    assert compared_name("أحمد") == compared_name("احمد")
    assert compared_name("John John") != compared_name("John")


def test_a_transcript_is_asked_by_its_serial(client: Client, paper: Credential, registrar: User) -> None:
    transcript = make_transcript(paper.learner, kind=TranscriptKind.OFFICIAL, by=registrar, at=clock.now())

    assert OFFER in client.get(f"/verify/{transcript.serial}").content.decode()
    assert MATCHES in asked(client, transcript.serial, "Ada Byron")


def test_names_before_and_after_the_printed_one_are_not_confirmed(
    client: Client, paper: Credential, registrar: User
) -> None:
    add_name(
        paper.learner, kind=NameKind.LEGAL, text="Ada King", starts_on=date(2026, 4, 1), by=registrar, reason="Married."
    )
    add_name(paper.learner, kind=NameKind.FORMER, text="Augusta Byron", by=registrar, reason="Birth name.")

    assert NOT_CONFIRMED in asked(client, paper.code, "Ada King")
    assert NOT_CONFIRMED in asked(client, paper.code, "Augusta Byron")
    assert MATCHES in asked(client, paper.code, "Ada Byron")


def test_a_replaced_document_confirms_no_name(client: Client, paper: Credential, registrar: User) -> None:
    add_name(
        paper.learner, kind=NameKind.LEGAL, text="Ada King", starts_on=date(2026, 4, 1), by=registrar, reason="Married."
    )
    reissue(paper, reason=IssueReason.NAME, by=registrar)
    work_off()

    assert OFFER not in client.get(f"/verify/{paper.code}").content.decode()
    assert NOT_CONFIRMED in asked(client, paper.code, "Ada Byron")
    newer = Credential.objects.signed().get()
    assert MATCHES in asked(client, newer.code, "Ada King")


def is_minor(ada: Learner, by: User) -> None:
    born = date(clock.now().year - 17, 1, 1)
    change_learner(
        ada,
        learner_number=ada.learner_number,
        birth_date=born,
        deceased_on=None,
        home_organization=None,
        by=by,
        reason="Typed.",
    )


def is_held(ada: Learner, by: User) -> None:
    set_privacy_hold(ada, hold=True, by=by, reason="In danger.")


def says_no(ada: Learner, by: User) -> None:
    allow_name_comparison(ada, allowed=False, by=by)


def linked_record_is_held(ada: Learner, by: User) -> None:
    other = create_learner("Ada B.", by=by, at=MONDAY)
    set_privacy_hold(other, hold=True, by=by, reason="In danger.")
    link_records(ada, other=other, reason="The same person.", by=by, at=MONDAY)


@pytest.mark.parametrize("off", [is_minor, is_held, says_no, linked_record_is_held])
def test_it_is_off_for_some(
    client: Client, paper: Credential, registrar: User, off: Callable[[Learner, User], None]
) -> None:
    off(paper.learner, registrar)

    assert OFFER not in client.get(f"/verify/{paper.code}").content.decode()
    assert NOT_CONFIRMED in asked(client, paper.code, "Ada Byron")
    assert not NameComparison.objects.exists()


def test_a_badge_itself_offers_nothing(client: Client, paper: Credential) -> None:
    """Its file and its address carry no name that could be compared."""
    for posted in ({"text": bytes(paper.content or b"").decode()}, {"words": paper.url}):
        page = client.post("/verify/", posted).content.decode()
        assert "This credential is valid." in page
        assert OFFER not in page


def test_three_tries_a_day_for_all_callers_together(client: Client, paper: Credential) -> None:
    for name in ("A", "B", "C"):
        assert NOT_CONFIRMED in asked(Client(REMOTE_ADDR=f"192.0.2.{ord(name)}"), paper.code, name)

    assert NOT_CONFIRMED in asked(client, paper.code, "Ada Byron")
    assert NameComparison.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_callers_at_the_same_moment_have_three_tries_together(paper: Credential) -> None:
    def ask(_number: int) -> bool:
        try:
            return compare_name(paper.code, typed="Ada Byron")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))

    assert (sorted(answers), NameComparison.objects.count()) == ([False] * 3 + [True] * 3, 3)


def test_the_holder_sees_each_try_and_can_end_them(client: Client, paper: Credential) -> None:
    asked(client, paper.code, "Ada Byron")
    asked(client, paper.code, "Somebody Else")
    user = paper.learner.user
    assert user is not None
    own = signed_in_client(user)

    page = own.get("/sharing/").content.decode()
    assert (page.count("the name matched"), page.count("another name was typed")) == (1, 1)
    assert "Somebody Else" not in page

    own.post("/sharing/names/", {"allowed": "no"})
    assert NOT_CONFIRMED in asked(client, paper.code, "Ada Byron")
    own.post("/sharing/names/", {"allowed": "yes"})
    assert MATCHES in asked(client, paper.code, "Ada Byron")


def test_many_documents_cannot_be_tried_from_one_place(client: Client, paper: Credential) -> None:
    answers = [client.post("/verify/0000000000000/name", {"name": "Ada"}).status_code for _try in range(11)]

    assert (answers[-1], set(answers[:-1])) == (429, {200})


def test_an_erased_name_is_not_compared(client: Client, paper: Credential) -> None:
    Credential.objects.filter(pk=paper.pk).update(content=None, name=None, erased_at=clock.now())

    assert OFFER not in client.get(f"/verify/{paper.code}").content.decode()
    assert NOT_CONFIRMED in asked(client, paper.code, "Ada Byron")


def test_what_is_no_name_is_asked_back(client: Client, paper: Credential) -> None:
    answer: Any = client.post(f"/verify/{paper.code}/name", {"name": ""})

    assert OFFER in answer.content.decode()
    assert not NameComparison.objects.exists()


def test_a_wrong_name_is_answered_first_as_a_warning_and_can_be_tried_again(client: Client, paper: Credential) -> None:
    page = asked(client, paper.code, "Somebody Else")

    answer, valid = page.index(NOT_CONFIRMED), page.index("It was issued as it stands here")
    assert answer < valid
    assert "notice-warning" in page[:answer]
    assert (OFFER in page, OFFER in asked(client, paper.code, "Ada Byron")) == (True, False)
