"""The frame of every page, the first page by role, and the pages that say what went wrong."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from accounts.models import Role
from core import clock
from core.jobs.models import Job
from tests.recipes import learner, make_staff, make_user, signed_in_client

pytestmark = pytest.mark.django_db


def body(client: Client, path: str = "/", **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


def test_strangers_learn_what_cairn_is_and_where_to_sign_in(client: Client) -> None:
    page = body(client)

    assert "From the work you did to the credential others trust" in page
    assert 'href="/accounts/login/"' in page
    assert 'href="/frameworks/"' in page
    assert "Sign out" not in page
    assert 'href="/admin/"' not in page


def test_a_registrar_is_shown_the_way_to_the_desk() -> None:
    page = body(signed_in_client(make_staff(Role.REGISTRAR, display_name="Ines Okafor")))

    assert "<h1>Welcome, <bdi>Ines Okafor</bdi></h1>" in page
    assert '<a href="/admin/">Desk</a>' in page


def test_staff_are_told_on_the_first_page_that_something_waits() -> None:
    client = signed_in_client(make_staff(Role.REGISTRAR))
    calm = body(client)
    Job.objects.create(
        name="tests.nothing", lane="now", mode="atomic", state="dead", attempts=1, max_attempts=1,
        last_error="TimeoutError", finished_at=clock.now(),
    )  # fmt: skip

    assert ("thing to do" in calm, "1 thing to do" in body(client)) == (False, True)


def test_a_learner_is_greeted_by_the_name_of_the_record_and_sees_no_desk() -> None:
    user = make_user(display_name="Amara")
    learner.make(user=user, learner_number="L-77")

    page = body(signed_in_client(user))

    assert "Learner number L-77" in page
    assert 'href="/admin/"' not in page


@pytest.mark.parametrize(("language", "frame"), [("en", 'lang="en" dir="ltr"'), ("ar", 'lang="ar" dir="rtl"')])
def test_the_frame_follows_the_readers_language(client: Client, language: str, frame: str) -> None:
    assert f"<html {frame}>" in body(client, **{"accept-language": language})


def test_a_language_chosen_in_the_footer_stays(client: Client) -> None:
    answer = client.post("/language", {"language": "ar", "next": "/"})

    assert answer.headers["Location"] == "/"
    assert 'dir="rtl"' in body(client)


def test_choosing_a_language_never_leads_elsewhere(client: Client) -> None:
    answer = client.post("/language", {"language": "de", "next": "https://evil.example/"})

    assert answer.headers["Location"] == "/"


def test_browsers_that_ask_for_an_icon_get_one(client: Client) -> None:
    assert client.get("/favicon.ico").headers["Location"] == "/static/ui/favicon.svg"


def test_what_is_not_there_is_said_in_the_sites_own_words(client: Client) -> None:
    answer = client.get("/nowhere")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_who_may_not_enter_is_told_as_whom_they_are_signed_in() -> None:
    answer = signed_in_client(make_user(display_name="Amara Okoye")).get("/admin/")

    assert answer.status_code == 403
    assert "You are signed in as Amara Okoye" in answer.content.decode()


def test_a_form_that_was_too_old_says_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/language", {"language": "de"})

    assert answer.status_code == 403
    assert "Go back, reload the page and send the form again; nothing was changed." in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "429.html", "500.html"])
def test_a_fault_is_said_even_without_a_request(name: str) -> None:
    assert "<h1>" in render_to_string(name)


def test_messages_are_read_out_with_their_weight() -> None:
    from django.contrib.messages import ERROR, SUCCESS
    from django.contrib.messages.storage.base import Message

    said = [Message(SUCCESS, "Saved."), Message(ERROR, "<b>No</b>")]

    shown = render_to_string("ui/messages.html", {"messages": said}, request=RequestFactory().get("/"))

    assert 'role="status"' in shown
    assert 'class="notice notice-success"' in shown
    assert "&lt;b&gt;No&lt;/b&gt;" in shown


def test_the_demo_says_that_it_is_one(client: Client, settings: object) -> None:
    settings.CAIRN_DEMO = True  # type: ignore[attr-defined]  # pytest-django's wrapper

    assert '<span class="badge badge-warm">Demo</span>' in body(client)
