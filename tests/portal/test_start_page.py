"""The start page of the desk says what needs attention: what, how many, since when, and where."""

from datetime import timedelta

import pytest

from accounts.models import Role
from competencies.models import CaseImport
from core import clock
from core.jobs.models import Job
from portal.pages.desk import cards_for
from tests.recipes import make_staff, make_user, signed_in_client

pytestmark = pytest.mark.django_db


def give_up(days: int) -> Job:
    return Job.objects.create(
        name="tests.nothing", lane="bulk", mode="atomic", state="dead", attempts=3, max_attempts=3,
        last_error="TimeoutError", finished_at=clock.now() - timedelta(days=days),
    )  # fmt: skip


def give_file(state: str, *, days: int) -> CaseImport:
    return CaseImport.objects.create(
        file_name="skills.json", digest="0" * 64, size=3, state=state, asked_at=clock.now() - timedelta(days=days)
    )


def test_nothing_waits_when_all_is_well() -> None:
    registrar = make_staff(Role.REGISTRAR)

    page = signed_in_client(registrar).get("/admin/").content.decode()

    assert cards_for(registrar) == []
    assert "Nothing to do right now" in page


def test_work_that_gave_up_comes_first_with_its_number_and_its_oldest() -> None:
    registrar = make_staff(Role.REGISTRAR)
    give_file("checked", days=2)
    oldest = give_up(days=3)
    give_up(days=1)

    jobs, files = cards_for(registrar)

    assert (jobs.title, jobs.count, jobs.weight, jobs.oldest) == (
        "Failed background tasks",
        2,
        "alarm",
        oldest.finished_at,
    )
    assert (files.title, files.count, files.weight) == ("Frameworks to import", 1, "warm")


def test_a_refused_file_is_news_for_a_week() -> None:
    registrar = make_staff(Role.REGISTRAR)
    give_file("refused", days=6)
    give_file("refused", days=8)

    (refused,) = cards_for(registrar)

    assert (refused.title, refused.count) == ("Files that were refused", 1)


def test_nobody_is_told_of_what_they_cannot_mend() -> None:
    give_file("checked", days=1)
    give_up(days=1)

    assert cards_for(make_user()) == []
    assert [card.title for card in cards_for(make_staff(Role.ASSESSOR))] == ["Failed background tasks"]


def test_each_card_leads_to_a_list_of_just_what_it_counts() -> None:
    registrar = make_staff(Role.REGISTRAR)
    client = signed_in_client(registrar)
    give_up(days=1)
    for state in ("checked", "refused"):
        give_file(state, days=1)

    shown = {card.title: len(client.get(card.url).context["rows"]) for card in cards_for(registrar)}

    assert shown == {"Failed background tasks": 1, "Files that were refused": 1, "Frameworks to import": 1}


def test_the_sidebar_counts_what_waits() -> None:
    give_up(days=1)

    page = signed_in_client(make_staff(Role.REGISTRAR)).get("/admin/").content.decode()

    assert '1<span class="quiet"> waiting</span>' in page
