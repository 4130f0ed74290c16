"""Verbs ask first, act once, and say what came of it."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from core.jobs.models import Job

pytestmark = [pytest.mark.urls("tests.core.desk.urls"), pytest.mark.django_db]


@pytest.fixture
def dead_job(db: None) -> Job:
    return Job.objects.create(
        name="tests.nothing", lane="bulk", mode="atomic", state="dead", attempts=3, max_attempts=3,
        last_error="TimeoutError", finished_at=datetime(2026, 11, 21, tzinfo=UTC),
    )  # fmt: skip


def test_a_verb_asks_before_it_does(registrar: Client, dead_job: Job) -> None:
    page = registrar.get(f"/admin/jobs/job/{dead_job.pk}/do/retry/").content.decode()

    dead_job.refresh_from_db()
    assert dead_job.state == "dead"
    assert "The job starts again from its first attempt." in page
    assert 'name="why"' in page


def test_a_verb_acts_on_post_and_says_so_on_the_record(registrar: Client, dead_job: Job) -> None:
    answer = registrar.post(f"/admin/jobs/job/{dead_job.pk}/do/retry/", {"why": "The file is mended."}, follow=True)

    dead_job.refresh_from_db()
    assert dead_job.state == "waiting"
    assert answer.redirect_chain == [(f"/admin/jobs/job/{dead_job.pk}/change/", 302)]
    assert "The job will be tried again." in answer.content.decode()


def test_a_verb_without_its_reason_does_nothing(registrar: Client, dead_job: Job) -> None:
    answer = registrar.post(f"/admin/jobs/job/{dead_job.pk}/do/retry/", {"why": ""})

    dead_job.refresh_from_db()
    assert (answer.status_code, dead_job.state) == (422, "dead")


def test_what_the_action_refuses_is_said_in_words(registrar: Client, dead_job: Job) -> None:
    answer = registrar.post(f"/admin/jobs/job/{dead_job.pk}/do/dismiss/", {"why": "Not needed."})

    assert answer.status_code == 422
    assert "Somebody was quicker." in answer.content.decode()


def test_who_may_not_do_a_verb_does_not_see_it_and_cannot_call_it(inspector: Client, dead_job: Job) -> None:
    page = inspector.get(f"/admin/jobs/job/{dead_job.pk}/change/").content.decode()
    answer = inspector.post(f"/admin/jobs/job/{dead_job.pk}/do/retry/", {"why": "Please."})

    dead_job.refresh_from_db()
    assert "Try again" not in page
    assert (answer.status_code, dead_job.state) == (403, "dead")


def test_a_verb_is_offered_only_where_it_makes_sense(registrar: Client, dead_job: Job) -> None:
    registrar.post(f"/admin/jobs/job/{dead_job.pk}/do/retry/", {"why": "Mended."})

    page = registrar.get(f"/admin/jobs/job/{dead_job.pk}/change/").content.decode()
    answer = registrar.get(f"/admin/jobs/job/{dead_job.pk}/do/dismiss/", follow=True)

    assert ">Dismiss<" not in page
    assert "That cannot be done any more" in answer.content.decode()


def test_a_verb_of_the_list_needs_no_row(registrar: Client, dead_job: Job) -> None:
    answer = registrar.post("/admin/jobs/job/do/count/", {"why": "Curious."}, follow=True)

    assert "There are 1 jobs." in answer.content.decode()


def test_a_verb_about_a_row_that_is_not_there_is_not_found(registrar: Client) -> None:
    assert registrar.get("/admin/jobs/job/4711/do/retry/").status_code == 404
    assert registrar.get("/admin/jobs/job/nonsense/do/retry/").status_code == 404


def test_a_verb_sent_from_another_site_is_refused(registrar: Client, dead_job: Job) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = registrar.cookies

    answer = strict.post(f"/admin/jobs/job/{dead_job.pk}/do/retry/", {"why": "Forged."})

    assert answer.status_code == 403
    assert "This form was too old" in answer.content.decode()
