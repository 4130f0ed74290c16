"""What the table itself refuses."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.jobs.models import Job

pytestmark = pytest.mark.django_db

NOW = clock.now()
RUN = uuid.uuid4()
WAITING: dict[str, Any] = {"name": "tests.insert", "lane": "now", "mode": "atomic", "max_attempts": 2}
RUNNING: dict[str, Any] = {**WAITING, "state": "running", "lease": RUN, "started_at": NOW, "attempts": 1}
LEASED: dict[str, Any] = {**RUNNING, "mode": "leased", "leased_until": NOW}
DONE: dict[str, Any] = {**WAITING, "state": "done", "finished_at": NOW}
DEAD: dict[str, Any] = {**DONE, "state": "dead", "last_error": "ValueError"}


@pytest.mark.parametrize("sound", [WAITING, RUNNING, LEASED, DONE, DEAD, {**DEAD, "dismissed_at": NOW}])
def test_every_state_can_be_written(sound: dict[str, Any]) -> None:
    assert Job.objects.create(**sound).pk


@pytest.mark.parametrize(
    ("constraint", "broken"),
    [
        ("job_lane_is_known", {**WAITING, "lane": "soon"}),
        ("job_mode_is_known", {**WAITING, "mode": "hopeful"}),
        ("job_state_is_known", {**WAITING, "state": "lost"}),
        ("job_attempts_are_limited", {**WAITING, "attempts": 3}),
        ("job_attempts_are_limited", {**WAITING, "max_attempts": 0}),
        ("job_running_has_a_run", {**RUNNING, "lease": None}),
        ("job_running_has_a_run", {**RUNNING, "attempts": 0}),
        ("job_running_has_a_run", {**RUNNING, "started_at": None}),
        ("job_running_has_a_run", {**WAITING, "lease": RUN}),
        ("job_leased_until_when", {**LEASED, "leased_until": None}),
        ("job_leased_until_when", {**RUNNING, "leased_until": NOW}),
        ("job_ended_has_an_end", {**DONE, "finished_at": None}),
        ("job_ended_has_an_end", {**WAITING, "finished_at": NOW}),
        ("job_that_gave_up_says_why", {**DEAD, "last_error": ""}),
        ("job_dismissed_gave_up_first", {**DONE, "dismissed_at": NOW}),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(constraint: str, broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Job.objects.create(**broken)
