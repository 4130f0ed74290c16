"""The admin pages of people, organizations and roles, as registrars use them."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.approvals import ask_approval
from accounts.actions.learners import create_learner
from accounts.actions.links import link_records
from accounts.models import (
    Approval,
    ApprovalAct,
    ApprovedKind,
    Learner,
    LearnerIdentifier,
    LearnerLink,
    LearnerName,
    NameKind,
    Organization,
    OrganizationKind,
    PartnerClient,
    Role,
    RoleAssignment,
    User,
)
from accounts.queries.legal_names import legal_name_of
from core.jobs.models import Job
from core.text.canonical import digest
from tests.accounts.conftest import MONDAY, TUESDAY
from tests.recipes import institution, make_staff, make_user, signed_in_client

WHY = "Seen the certificate."


@pytest.fixture
def desk(registrar: User) -> Client:
    return signed_in_client(registrar)


def url(model: str, page: str, *keys: object) -> str:
    return reverse(f"admin:accounts_{model}_{page}", args=keys)


def words(answer: Any) -> str:
    return str(answer.content.decode())


def do(desk: Client, model: str, verb: str, row: Any, **fields: object) -> Any:
    return desk.post(url(model, verb, row.pk), {"why": WHY, **fields}, follow=True)


def found(desk: Client, model: str, term: str) -> list[str]:
    answer = desk.post(url(model, "search"), {"q": term}, follow=True)
    assert term not in answer.request["PATH_INFO"] + answer.request["QUERY_STRING"]
    return [str(row.record) for row in answer.context["rows"]]


def test_a_new_learner_begins_with_a_name(desk: Client) -> None:
    answer = desk.post(
        url("learner", "add"),
        {"legal_name": "Ada Lovelace", "sort_as": "Lovelace, Ada", "birth_date": "2000-12-10", "learner_number": ""},
        follow=True,
    )

    learner = Learner.objects.get()
    assert (answer.status_code, learner.birth_date) == (200, date(2000, 12, 10))
    assert LearnerName.objects.get(learner=learner).sort_key == "lovelace, ada"


def test_a_taken_number_is_said_on_the_form(desk: Client, ada: Learner) -> None:
    answer = desk.post(url("learner", "add"), {"legal_name": "Another", "learner_number": ada.learner_number})

    assert "Another learner has this number." in words(answer)
    assert Learner.objects.count() == 1


def test_a_change_of_dates_asks_why(desk: Client, ada: Learner) -> None:
    facts = {"learner_number": ada.learner_number, "birth_date": "", "deceased_on": "2026-02-01"}

    refused = desk.post(url("learner", "change", ada.pk), facts)
    desk.post(url("learner", "change", ada.pk), {**facts, "why": WHY})

    assert "This field is required" in words(refused)
    assert Learner.objects.get(pk=ada.pk).deceased_on == date(2026, 2, 1)


def test_learners_are_found_by_name_without_a_trace_in_addresses(desk: Client, ada: Learner, grace: Learner) -> None:
    assert found(desk, "learner", "lovelace") == [ada.learner_number]


def test_names_and_identifiers_are_found_too(desk: Client, ada: Learner, grace: Learner) -> None:
    do(desk, "learner", "new_identifier", ada, scheme="national", value="N-17")

    assert (len(found(desk, "learnername", "hopper")), len(found(desk, "learneridentifier", "N-17"))) == (1, 1)


@pytest.mark.parametrize(
    "typed",
    [
        "{email}",
        "{shouted}",
        " {email}\u200b",
        "{public_id}",
        "{dashed_id}",
        "\u00a0n\u201317 ",
        "N\u221217\ufeff",
        "n-\u0661\u0667",
        "{number}",
        "\u00a0{number}\u200e",
        "ada\ufe0f  love\u00adlace",
    ],
)
def test_a_learner_is_found_by_whatever_was_pasted(desk: Client, grace: Learner, registrar: User, typed: str) -> None:
    user = make_user()
    record = create_learner("Ada Lovelace", learner_number="L-4711", user=user, by=registrar, at=MONDAY)
    do(desk, "learner", "new_identifier", record, scheme="national", value="N-17")
    known = {
        "email": user.email,
        "shouted": user.email.upper(),
        "public_id": record.public_id,
        "dashed_id": str(record.public_id).upper().replace("-", "\u2013"),
        "number": record.learner_number.lower().replace("-", "\u2011"),
    }

    answer = desk.post(url("learner", "search"), {"q": typed.format(**known)}, follow=True)

    assert [str(row.record) for row in answer.context["rows"]] == ["L-4711"]


def test_a_name_is_found_in_every_spelling(desk: Client, grace: Learner, registrar: User) -> None:
    record = create_learner("فاطمة الزهراء أحمد", by=registrar, at=MONDAY)

    assert [found(desk, "learner", words) for words in ("فاطمه", "احمد", "الزهرا")] == [[record.learner_number]] * 3


def test_names_recorded_before_are_folded_by_the_migration(grace: Learner) -> None:
    folding = import_module("accounts.migrations.0008_search_words")
    LearnerName.objects.filter(learner=grace).update(text="فاطمة", search_words="فاطمة grace")

    folding.fold(apps, SimpleNamespace(connection=connection))

    assert LearnerName.objects.get(learner=grace).search_words == "فاطمه grace"


def test_a_list_of_learners_shows_names_and_states(desk: Client, ada: Learner, grace: Learner, registrar: User) -> None:
    link_records(ada, other=grace, reason="one person", by=registrar, at=TUESDAY)

    page = words(desk.get(url("learner", "changelist")))

    assert all(word in page for word in ("Ada Lovelace", "Grace Hopper", f"same person as {ada.learner_number}"))


@pytest.mark.parametrize("model", ["learner", "learnername", "user", "roleassignment", "organization"])
def test_a_list_costs_the_same_with_more_rows(desk: Client, registrar: User, school: Organization, model: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get(url(model, "changelist")).status_code == 200
        return len(seen)

    create_learner("First", by=registrar, at=MONDAY)
    one = cost()
    for number in range(3):
        create_learner(f"Learner {number}", by=registrar, at=MONDAY, user=make_staff(Role.ASSESSOR))
        institution.make(name=f"Branch {number}", parent=school)

    assert cost() == one


def test_a_new_legal_name_follows_the_old_one(desk: Client, ada: Learner) -> None:
    do(desk, "learner", "new_name", ada, kind="legal", text="Ada King", starts_on="2026-05-01")

    name = legal_name_of(ada, on=date(2026, 5, 1))
    assert name is not None
    assert name.text == "Ada King"


def test_a_name_that_follows_needs_a_day(desk: Client, ada: Learner) -> None:
    answer = do(desk, "learner", "new_name", ada, kind="legal", text="Ada King")

    assert "Say from which day" in words(answer)


def test_a_spelling_is_corrected_and_a_chosen_name_ended(desk: Client, ada: Learner) -> None:
    do(desk, "learnername", "correct", ada.names.get(), text="Ada Lovelaze")
    do(desk, "learner", "new_name", ada, kind="chosen", text="Addie", starts_on="2026-01-01")
    do(desk, "learnername", "end", ada.names.get(kind=NameKind.CHOSEN), on="2026-02-01")

    assert ada.names.get(kind=NameKind.LEGAL).text == "Ada Lovelaze"
    assert ada.names.get(kind=NameKind.CHOSEN).ends_on == date(2026, 2, 1)


def test_an_identifier_is_ended(desk: Client, ada: Learner) -> None:
    do(desk, "learner", "new_identifier", ada, scheme="national", value="17", prints="on")
    do(desk, "learneridentifier", "end", LearnerIdentifier.objects.get())

    assert LearnerIdentifier.objects.current().count() == 0


def test_records_are_linked_and_parted(desk: Client, ada: Learner, grace: Learner) -> None:
    do(desk, "learner", "link", grace, learner_number=ada.learner_number)
    linked = Learner.objects.get(pk=grace.pk).same_as_id
    do(desk, "learner", "part", ada, link=LearnerLink.objects.get().pk)

    assert (linked, Learner.objects.get(pk=grace.pk).same_as_id) == (ada.pk, None)


@pytest.mark.parametrize(
    ("number", "expected"), [("none", "None of your learners has this number"), ("own", "this same record")]
)
def test_a_wrong_number_to_link_is_explained(desk: Client, ada: Learner, number: str, expected: str) -> None:
    answer = do(desk, "learner", "link", ada, learner_number=ada.learner_number if number == "own" else number)

    assert expected in words(answer)


def test_an_account_becomes_a_learners(desk: Client, ada: Learner, grace: Learner) -> None:
    user = make_user()
    do(desk, "learner", "set_account", ada, email=user.email.upper())
    refused = do(desk, "learner", "set_account", grace, email=user.email)

    assert Learner.objects.get(user=user) == ada
    assert "another learner" in words(refused)


def test_an_organization_is_made_and_moved_through_actions(desk: Client, school: Organization) -> None:
    facts = {"name": "North", "kind": "ours", "time_zone": "Europe/Vienna", "languages": "en,de", "email_domains": ""}
    second_root = desk.post(url("organization", "add"), facts)
    desk.post(url("organization", "add"), {**facts, "parent": school.pk})

    assert "There is already a root organization" in words(second_root) or "There is a root" in words(second_root)
    assert Organization.objects.get(name="North").languages == ["en", "de"]


def test_a_role_is_given_by_e_mail_and_ended(desk: Client, person: User) -> None:
    desk.post(url("roleassignment", "add"), {"email": person.email, "role": "assessor"})
    assignment = RoleAssignment.objects.get(user=person)
    do(desk, "roleassignment", "end", assignment)

    assignment.refresh_from_db()
    assert assignment.ends_at is not None


def test_the_last_registrar_is_told_why_they_stay(desk: Client, registrar: User) -> None:
    answer = do(desk, "roleassignment", "end", registrar.role_assignments.get())

    assert "Nobody else could hand out rights" in words(answer)


@pytest.mark.parametrize(("time", "count"), [("now", 1), ("past", 1), ("future", 1), ("", 3)])
def test_roles_are_sifted_by_time(desk: Client, person: User, time: str, count: int) -> None:
    now = datetime.now(UTC)
    day = timedelta(days=1)
    RoleAssignment.objects.create(user=person, role=Role.ADVISOR, starts_at=now - 2 * day, ends_at=now - day)
    RoleAssignment.objects.create(user=person, role=Role.ADVISOR, starts_at=now + day)

    assert len(desk.get(url("roleassignment", "changelist"), {"time": time}).context["rows"]) == count


def test_a_new_account_is_invited_by_mail(desk: Client) -> None:
    desk.post(url("user", "add"), {"email": "New@Lakeside.example", "display_name": "Nora", "language": "de"})

    user = User.objects.get(display_name="Nora")
    assert (user.language, user.has_usable_password()) == ("de", False)
    assert Job.objects.filter(name="accounts.mail_invitation").count() == 1


def test_an_account_is_closed_and_opened(desk: Client, person: User) -> None:
    do(desk, "user", "close", person)
    closed = User.objects.get(pk=person.pk).is_active
    do(desk, "user", "reopen", person)

    assert (closed, User.objects.get(pk=person.pk).is_active) == (False, True)


def test_an_approval_is_decided_by_somebody_else(desk: Client, registrar: User) -> None:
    approval = ask_approval(
        ApprovalAct.RETIRE,
        kind=ApprovedKind.COMPETENCY,
        subject_id=registrar.public_id,
        digest=digest("plan"),
        role=Role.REGISTRAR,
        reason="replaced",
        by=registrar,
        at=TUESDAY,
    )
    colleague = make_staff(Role.REGISTRAR)
    refused = do(desk, "approval", "approve", approval)
    do(signed_in_client(colleague), "approval", "approve", approval)

    assert "somebody else who holds the role" in words(refused)
    assert Approval.objects.get(pk=approval.pk).decided_by == colleague


@pytest.mark.parametrize("verb", ["approve", "decline"])
def test_who_only_reads_is_not_asked_to_decide(registrar: User, verb: str) -> None:
    asked = ask_approval(
        ApprovalAct.RETIRE,
        kind=ApprovedKind.COMPETENCY,
        subject_id=registrar.public_id,
        digest=digest("plan"),
        role=Role.REGISTRAR,
        reason="replaced",
        by=registrar,
        at=TUESDAY,
    )
    inspector = signed_in_client(make_staff(Role.INSPECTOR))
    address = url("approval", verb, asked.pk)

    assert address not in inspector.get(url("approval", "change", asked.pk)).text
    assert inspector.get(address).status_code == 403
    assert Approval.objects.get(pk=asked.pk).decided_at is None


def test_a_partners_secret_is_not_shown(desk: Client) -> None:
    client = PartnerClient.objects.create(
        name="Acme HR",
        organization=institution.make(name="Acme", kind=OrganizationKind.PARTNER),
        client_type=PartnerClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=PartnerClient.GRANT_CLIENT_CREDENTIALS,
    )

    page = words(desk.get(url("partnerclient", "change", client.pk)))

    assert ("Acme HR" in page, client.client_secret in page) == (True, False)


def test_history_says_who_and_why(desk: Client, ada: Learner, registrar: User) -> None:
    do(desk, "learnername", "correct", ada.names.get(), text="Ada Lovelaze")

    page = words(desk.get(url("learnername", "history", ada.names.get().pk)))

    assert all(word in page for word in (WHY, registrar.display_name, "Ada Lovelace", "Ada Lovelaze"))


EVERY_PAGE = ["learner", "learnername", "learneridentifier", "organization", "roleassignment", "user", "approval"]


@pytest.mark.parametrize("model", EVERY_PAGE)
def test_an_inspector_reads_every_list_and_adds_nothing(db: None, school: Organization, model: str) -> None:
    inspector = signed_in_client(make_staff(Role.INSPECTOR))

    assert inspector.get(url(model, "changelist")).status_code == 200
    assert inspector.post(url(model, "add"), {"why": WHY}).status_code == 403


def test_an_inspector_does_nothing_with_a_learner(ada: Learner) -> None:
    inspector = signed_in_client(make_staff(Role.INSPECTOR))
    verbs = ["new_name", "new_identifier", "set_account", "link", "part"]

    assert {do(inspector, "learner", verb, ada, text="X", kind="legal").status_code for verb in verbs} == {403}
    assert inspector.post(url("learner", "change", ada.pk), {"learner_number": "1", "why": WHY}).status_code == 403


def test_an_assessor_sees_no_learner(ada: Learner) -> None:
    assessor = signed_in_client(make_staff(Role.ASSESSOR))

    assert [
        assessor.get(address).status_code
        for address in (
            url("learner", "changelist"),
            url("learner", "change", ada.pk),
            url("learner", "history", ada.pk),
        )
    ] == [403, 403, 404]
