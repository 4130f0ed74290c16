"""The management commands of accounts."""

import io
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Role, RoleAssignment, User
from accounts.permissions import holds_everywhere
from tests.recipes import assignment, make_staff, make_user

EMAIL = "reg@lakeside.example"
PHRASE = "a long enough phrase"


def run(*arguments: str) -> dict[str, object]:
    out = io.StringIO()
    call_command("create_registrar", *arguments, "--json", stdout=out)
    facts: dict[str, object] = json.loads(out.getvalue().splitlines()[-1])
    return facts


def test_the_first_registrar_gets_a_link_to_choose_a_password(db: None) -> None:
    facts = run(EMAIL, "--name", "Rita")
    page = Client().get(urlsplit(str(facts["link"])).path, follow=True)

    assert (facts["made"], facts["granted"], page.status_code) == (True, True, 200)
    assert "password1" in page.content.decode()


def test_a_registrar_may_hand_out_rights(db: None) -> None:
    run(EMAIL)

    assert holds_everywhere(User.objects.get(email=EMAIL), Role.REGISTRAR)


def test_running_it_twice_prints_a_fresh_link_and_changes_nothing(db: None) -> None:
    first, second = run(EMAIL), run(EMAIL.upper())

    assert (second["made"], second["granted"], RoleAssignment.objects.count()) == (False, False, 1)
    assert first["link"] != second["link"] != ""


def test_a_password_can_come_from_a_file(db: None, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(PHRASE + "\nnot this\n")

    facts = run(EMAIL, "--password-file", str(file))

    assert (facts["link"], User.objects.get(email=EMAIL).check_password(PHRASE)) == ("", True)


@pytest.mark.parametrize(
    ("content", "words"), [("\n", "is empty"), ("short\n", "too short"), ("password1234\n", "too common")]
)
def test_a_bad_password_is_refused_and_leaves_nothing_behind(
    db: None, tmp_path: Path, content: str, words: str
) -> None:
    file = tmp_path / "secret"
    file.write_text(content)

    with pytest.raises(CommandError, match=words):
        run(EMAIL, "--password-file", str(file))
    assert not User.objects.exists()


def test_a_file_that_is_not_there_is_said_plainly(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run(EMAIL, "--password-file", str(tmp_path / "none"))


def test_an_account_becomes_a_registrar_and_keeps_its_password(db: None) -> None:
    user = make_user(email=EMAIL)
    before = user.password

    facts = run(EMAIL)

    assert (facts["made"], facts["granted"], facts["link"]) == (False, True, "")
    assert User.objects.get(pk=user.pk).password == before


def test_nobody_elses_password_is_changed(db: None, tmp_path: Path) -> None:
    make_staff(Role.ASSESSOR, email=EMAIL)
    file = tmp_path / "secret"
    file.write_text("another long enough phrase\n")

    with pytest.raises(CommandError, match="only its owner"):
        run(EMAIL, "--password-file", str(file))
    assert RoleAssignment.objects.count() == 1


def test_a_registrar_of_a_branch_becomes_one_everywhere(db: None, school: object) -> None:
    assignment.make(user=make_user(email=EMAIL), role=Role.REGISTRAR, organization=school)

    assert run(EMAIL)["granted"] is True


def test_what_is_no_address_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="is no e-mail address"):
        run("rita")


def test_there_are_no_superusers(db: None) -> None:
    with pytest.raises(CommandError, match="create_registrar"):
        call_command("createsuperuser")
