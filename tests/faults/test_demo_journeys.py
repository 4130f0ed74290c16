"""All of `make demo`, with worker and beat, used by people in a browser; and what happens with nobody acting."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.faults.demo_pages import HANDOVER, MOST, VISIT, DemoVisit, submit_judge_and_see
from tests.faults.programs import ROOT, wait_until
from tests.faults.test_demo import Demo, free_port
from tests.journeys.conftest import browser

pytestmark = [pytest.mark.long, pytest.mark.browser]

__all__ = ["browser"]  # a fixture, used by its name


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cairn demo-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def ended(demo: Demo) -> None:
    if demo.process is not None and demo.process.poll() is None:
        demo.process.terminate()
        demo.process.communicate(timeout=60)
    for process in demo.processes():
        process.kill()


def test_five_times_in_a_row_a_judgement_is_seen_on_the_learners_open_page(browser: Browser, folder: Path) -> None:
    demo = Demo(folder / "var", free_port(), CAIRN_DEMO_LEARNERS="5")
    demo.start()
    try:
        demo.words_until("Ctrl-C stops everything")
        visit = DemoVisit.of(browser, f"http://localhost:{demo.port}", demo.var)
        took = [
            submit_judge_and_see(visit, handle, task)
            for handle, task in (
                ("amara.okoye", HANDOVER),
                ("layla.alhashimi", HANDOVER),
                ("nguyen.ngoc.anh", HANDOVER),
                ("amelia.montenegro", HANDOVER),
                ("jonas.bergstrom", VISIT),
            )
        ]
    finally:
        ended(demo)

    assert max(took) <= MOST


# --- a validity that ends within the minute ---------------------------------------------------------------------

SHOW = """
import os
from datetime import timedelta
from pathlib import Path
from accounts.models import Learner, Organization
from accounts.queries.time_zones import learner_civil_date
from assessments.evidence.actions import EvidenceItem, SourceReference, record_evidence
from assessments.mastery.actions.policies import make_policy
from assessments.mastery.actions.recomputing import track
from assessments.models import AssessmentKind, Evidence, SourceKind
from core import clock
from tests.faults.zones import NAME, write_zone

midnight = (clock.now() + timedelta(seconds=40)).replace(microsecond=0)
write_zone(Path(os.environ["ZONES"]), midnight)
Organization.objects.filter(kind="ours").update(time_zone=NAME)
piece = Evidence.objects.select_related("competency", "level", "assessor", "competency_revision__scale").last()
learner, scale = Learner.objects.get(pk=piece.learner_id), piece.competency_revision.scale
rungs = [
    {"rank": row.rank, "reached_at": f"{row.rank}.00", "name": row.title} for row in scale.levels.order_by("rank")
]
version = make_policy(
    "Holds for a day",
    definition={
        "method": "highest@1",
        "scale": {"id": str(scale.public_id), "levels": rungs},
        "level": 3,
        "validity": {"amount": 1, "unit": "days"},
    },
    by=None,
    at=clock.now(),
)
yesterday = learner_civil_date(clock.now()) - timedelta(days=1)
record_evidence(
    learner,
    items=[
        EvidenceItem(
            competency=piece.competency,
            level=scale.levels.get(rank=3),
            performed_on=yesterday,
            kind=AssessmentKind.OBSERVATION,
            source=SourceReference(SourceKind.RECORD, "once"),
        )
    ],
    by=piece.assessor,
)
row = track(learner, competency=piece.competency, policy_version=version)
print("STATE", row.state, row.holds_until == midnight)
"""
ASK = """
from assessments.models import Mastery
row = Mastery.objects.get(policy_version__policy__title="Holds for a day")
print("STATE", row.state, row.mastered_on)
"""


def asked(demo: Demo, code: str, **environment: str) -> list[str]:
    """What a script prints that is run with the demo's own settings, beside its programs."""
    own = {
        **demo.environment,
        **environment,
        "CAIRN_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "SECRET_KEY": (demo.var / "demo" / "secret-key").read_text(),
    }
    command = [sys.executable, "manage.py", "shell", "--command", code]
    ran = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return next(line.split()[1:] for line in ran.stdout.splitlines() if line.startswith("STATE"))


def test_a_validity_that_ends_within_the_minute_lapses_by_beat_with_nobody_acting(folder: Path) -> None:
    zones = folder / "zones"
    demo = Demo(folder / "var", free_port(), PYTHONTZPATH=f"{zones}{os.pathsep}/usr/share/zoneinfo")
    demo.start()
    try:
        demo.words_until("Ctrl-C stops everything")
        assert asked(demo, SHOW, ZONES=str(zones)) == ["mastered", "True"]

        wait_until(lambda: asked(demo, ASK)[0] == "lapsed", within=180)
        mastered_on = asked(demo, ASK)[1]
    finally:
        ended(demo)

    assert mastered_on != "None"  # what was reached stays told
