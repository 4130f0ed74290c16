"""A typed name is compared with exactly the name that a document prints; by code no name is ever shown."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from difflib import unified_diff
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.learners import allow_name_comparison, change_learner, create_learner, set_privacy_hold
from accounts.actions.links import link_records
from accounts.actions.names import add_name
from accounts.models import Learner, NameKind, User
from accounts.rules.name_spelling import compared_name
from core import clock
from credentials.issuing.actions.reissuing import reissue
from credentials.models import Credential, Document, Issuer, IssueReason, NameComparison
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.actions import compare_name
from programs.models import AchievementVersion, Award
from tests.accounts.test_links import wait_until_blocked
from tests.assessments.places import MONDAY
from tests.credentials.awarding import granted, paper_of, work_off
from tests.recipes import signed_in_client

MATCHES = "The name matches the document."
NOT_CONFIRMED = "The name could not be confirmed. Ask the holder for a share link."
OFFER = "Compare the name"


@pytest.fixture
def paper(award: Award, issuer: Issuer) -> Credential:
    """The credential whose certificate prints *Ada Byron*, of a person who is known to be of age."""
    Learner.objects.filter(pk=award.learner_id).update(birth_date=date(1990, 12, 10))
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
    born_on(ada, date(clock.now().year - 17, 1, 1), by)


def has_no_birth_date(ada: Learner, by: User) -> None:
    born_on(ada, None, by)


def born_on(ada: Learner, day: date | None, by: User) -> None:
    change_learner(
        ada,
        learner_number=ada.learner_number,
        birth_date=day,
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


def name_is_erased(ada: Learner, by: User) -> None:
    Credential.objects.of(ada).update(content=None, name=None, erased_at=clock.now())


OFF = {
    is_minor: "Names on documents of minors are not compared.",
    has_no_birth_date: "No date of birth is on record. The registrar&#x27;s office can enter it.",
    is_held: "A privacy hold is set. The registrar&#x27;s office can lift it.",
    linked_record_is_held: "A privacy hold is set. The registrar&#x27;s office can lift it.",
    says_no: "Nobody can compare a name with those on your documents.",
    name_is_erased: "",
}


def shape_of(page: str) -> list[str]:
    """The lines of a page without the random token of its language form and the code of its document."""
    return re.sub(r'value="\w{64}"|/verify/[^/"]+', "", page).splitlines()


@pytest.mark.parametrize("off", OFF)
def test_where_no_name_is_compared_nobody_outside_can_tell(
    client: Client, paper: Credential, registrar: User, bread: AchievementVersion, off: Callable[[Learner, User], None]
) -> None:
    """A minor, a person in danger, a refusal: the page, its answer and the count of tries are those of a wrong name."""
    other = paper_of(granted(create_learner("Bo Li", birth_date=date(1990, 1, 1), by=registrar, at=MONDAY), bread))
    off(paper.learner, registrar)

    for name in ("Ada Byron", "."):
        with CaptureQueriesContext(connection) as of_other:
            not_confirmed = asked(client, other.code, "Somebody Else")
        with CaptureQueriesContext(connection) as of_ada:
            answer = asked(client, paper.code, name)
        assert NOT_CONFIRMED in answer
        assert list(unified_diff(shape_of(not_confirmed), shape_of(answer), n=0)) == []
        assert len(of_ada) == len(of_other)
    opened = [shape_of(client.get(f"/verify/{each.code}").content.decode()) for each in (paper, other)]
    assert (OFFER in "".join(opened[0]), opened[0]) == (True, opened[1])
    tries = NameComparison.objects.filter(document=paper).values_list("matched", flat=True)
    assert list(tries) == [False, False]


@pytest.mark.parametrize(("off", "words"), [(off, words) for off, words in OFF.items() if words])
def test_the_holder_and_the_office_read_why_no_name_is_compared(
    client: Client, paper: Credential, registrar: User, off: Callable[[Learner, User], None], words: str
) -> None:
    ada, user = paper.learner, paper.learner.user
    assert user is not None
    off(ada, registrar)
    own = signed_in_client(user).get("/sharing/").content.decode()
    desk = signed_in_client(registrar).get(f"/admin/accounts/learner/{ada.pk}/change/").content.decode()

    assert words in own
    assert (words in desk) is (off is not says_no)
    assert ("The learner does not let names be compared." in desk) is (off is says_no)


def test_one_date_of_birth_among_linked_records_is_enough(client: Client, paper: Credential, registrar: User) -> None:
    other = create_learner("Ada B.", by=registrar, at=MONDAY)
    link_records(paper.learner, other=other, reason="The same person.", by=registrar, at=MONDAY)

    assert MATCHES in asked(client, paper.code, "Ada Byron")


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
    user = paper.learner.user
    assert user is not None
    own = signed_in_client(user)

    asked(client, paper.code, "Somebody Else")
    own.post("/sharing/names/", {"allowed": "no"})
    assert NOT_CONFIRMED in asked(client, paper.code, "Ada Byron")
    own.post("/sharing/names/", {"allowed": "yes"})
    assert MATCHES in asked(client, paper.code, "Ada Byron")

    page = own.get("/sharing/").content.decode()
    assert (page.count("the name matched"), page.count("the name was not confirmed")) == (1, 2)
    assert "Somebody Else" not in page


def test_many_documents_cannot_be_tried_from_one_place(client: Client, paper: Credential) -> None:
    answers = [client.post("/verify/0000000000000/name", {"name": "Ada"}).status_code for _try in range(11)]

    assert (answers[-1], set(answers[:-1])) == (429, {200})


def test_what_is_no_name_is_asked_back(client: Client, paper: Credential) -> None:
    answer: Any = client.post(f"/verify/{paper.code}/name", {"name": ""})

    assert OFFER in answer.content.decode()
    assert not NameComparison.objects.exists()


def test_a_wrong_name_is_answered_first_as_a_warning_and_can_be_tried_again(client: Client, paper: Credential) -> None:
    page = asked(client, paper.code, "Somebody Else")

    assert "<h1>This document is valid. The name that you typed was not confirmed.</h1>" in page
    assert page.index("notice-warning") < page.index(NOT_CONFIRMED) < page.index("It was issued as it stands here")
    assert not any(mark in page for mark in ("notice-success", "badge-good"))
    assert (OFFER in page, OFFER in asked(client, paper.code, "Ada Byron")) == (True, False)


def replaced(paper: Credential) -> None:
    """Supersede the document, as a new issue of it does."""
    Document.objects.filter(pk=paper.pk).update(state="revoked", revoked_at=clock.now(), revocation_class="rescinded")


def used_up(paper: Credential) -> None:
    """Use up the tries of the day."""
    answers = [compare_name(paper.code, typed="Ada Byron") for _try in range(3)]
    assert answers == [True] * 3


def refused(paper: Credential) -> None:
    """Let the holder say no."""
    Learner.objects.filter(pk=paper.learner_id).update(names_comparable=False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("meanwhile", "kept"), [(replaced, []), (used_up, [True] * 3), (refused, [False] * 3)])
def test_who_waits_for_the_lock_is_answered_by_what_holds_after_it(
    paper: Credential, meanwhile: Callable[[Credential], None], kept: list[bool]
) -> None:
    """Three callers were let in before the document ended, the tries were used up, or the holder said no."""

    def ask(_number: int) -> bool:
        try:
            return compare_name(paper.code, typed="Ada Byron")
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        with transaction.atomic():
            Learner.objects.select_for_update(no_key=True).get(pk=paper.learner_id)
            answers = [pool.submit(ask, number) for number in range(3)]
            wait_until_blocked(3)
            meanwhile(paper)
        assert [answer.result(30) for answer in answers] == [False] * 3
    assert list(NameComparison.objects.values_list("matched", flat=True)) == kept


def test_whoever_opens_the_address_of_the_answer_again_gets_the_page_of_the_document(
    client: Client, paper: Credential
) -> None:
    again = client.get(reverse("verify:name", args=[paper.code]))

    assert (again.status_code, again["Location"]) == (302, reverse("verify:code", args=[paper.code]))
