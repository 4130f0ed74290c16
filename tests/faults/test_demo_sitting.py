"""The stranger's half in one sitting, five times: from the last piece of work to what partners and strangers are told.

Against all of `make demo`, from the printed sign-ins and the printed key of the partner, and nothing else.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from credentials.rules.codes import code_of, in_groups, printed_serial
from tests.faults.demo_pages import HANDOVER, DemoVisit, hand_in, judge
from tests.faults.sitting_pages import (
    CERTIFICATE,
    DIPLOMA,
    MICRO,
    Printed,
    answer_to,
    asked,
    faults_of_paper,
    fetched,
    grant,
    issue_anew,
    make_official,
    number_of,
    pulled,
    reads_on,
    revoke,
    share,
    signed,
    withdraw,
)
from tests.faults.test_demo import Demo, free_port
from tests.faults.test_demo_journeys import ended, folder
from tests.journeys.conftest import browser
from tests.journeys.looks import faults_of
from tests.portal.test_partner_document import run

pytestmark = [pytest.mark.long, pytest.mark.browser]

__all__ = ["browser", "folder"]  # fixtures, used by their names

SIGNED_WITHIN = 10.0  # seconds from the judgement until micro-credential and certificate are signed
# The language of the transcript, and the name that stands on it.
LEARNERS = {
    "amara.okoye": ("en", "Amara Okoye"),
    "layla.alhashimi": ("ar", "ليلى عبد الرحمن الهاشمي"),
    "nguyen.ngoc.anh": ("en", "Nguyễn Thị Ngọc Ánh"),
    "amelia.montenegro": ("de", "Amélia da Conceição Albuquerque de Vasconcelos Figueiredo e Montenegro"),
    "oscar.ibanez": ("en", "Óscar Ibáñez"),
}
PROMISED = "micro-credential and certificate signed"
# What the lines of docs/partners.md ask for: each is seen by the learner.
READS = Counter(
    {
        ("list", "transcript"): 4,
        ("read", "transcript"): 3,
        ("read · they held it already", "transcript"): 1,
        ("download", "transcript"): 1,
        ("read", "credential"): 1,
    }
)
VALID = "This credential is valid."


@dataclass
class Sitting:
    """One learner, and everybody else who takes part: each signed in, in a browser of their own."""

    visit: DemoVisit
    handle: str
    folder: Path
    codes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.language, self.name = LEARNERS[self.handle]
        self.learner, self.assessor = self.visit.sign_in(self.handle), self.visit.sign_in("mira.solheim")
        self.first, self.second = self.visit.sign_in("ines.aguilar"), self.visit.sign_in("tomasz.wren")
        self.stranger = self.visit.browser.new_context()
        self.number = number_of(self.visit, self.learner)
        self.record = self.visit.open(self.learner, "/record/")

    def says(self, code: str) -> tuple[str, str]:
        return answer_to(self.visit, self.stranger, code)

    def last_piece(self) -> float:
        """It is handed in and judged; seconds until both papers were signed, with nobody else acting."""
        hand_in(self.visit, self.learner, HANDOVER)
        judged = judge(self.visit, self.assessor, HANDOVER)
        signed(self.record, MICRO, CERTIFICATE)
        return time.time() - judged

    def diploma(self) -> float:
        """It waits for the registrar; seconds until it was granted at the desk and signed."""
        begun = time.monotonic()
        grant(self.visit, self.first, self.number)
        self.codes = signed(self.record, MICRO, CERTIFICATE, DIPLOMA)
        taken = time.monotonic() - begun
        assert [self.says(self.codes[title])[0] for title in (MICRO, CERTIFICATE, DIPLOMA)] == [VALID] * 3
        return taken

    def papers(self) -> tuple[str, bytes]:
        """Certificates and an official transcript are opened; the transcript's serial and paper."""
        serial = make_official(self.visit, self.first, self.number, language=self.language)
        self.record.reload()
        faults = faults_of(self.record, f"sitting-{self.handle}-record")
        for title in (MICRO, CERTIFICATE, DIPLOMA):
            paper = fetched(self.record, "Certificate (PDF)", title)
            faults += faults_of_paper(paper, look=f"sitting-{self.handle}-{title.split()[0].lower()}", name=self.name)
        transcript = fetched(self.record, "Transcript (PDF)", serial)
        faults += faults_of_paper(transcript, look=f"sitting-{self.handle}-transcript", name=self.name)
        assert faults == []
        assert self.says(serial)[0] == "This transcript is valid."
        return serial, transcript

    def sharing(self, serial: str, transcript: bytes) -> None:
        """The learner shares, the partner pulls as its document says, the learner sees it, withdraws, and it ends."""
        share(self.record, serial, until=(datetime.now(UTC).date() + timedelta(days=30)).isoformat())
        *_key, listed, _since, read, again, named, verified, _programs, token = pulled(self.folder, self.visit.address)
        shared, credential = json.loads(listed)["results"][-1], json.loads(named)
        assert json.loads(read)["holder"]["name"] == self.name
        assert (printed_serial(shared["serial"]), again) == (serial, "304")
        assert self.folder.joinpath("transcript.pdf").read_bytes() == transcript
        assert json.loads(verified)["verdict"] == "valid"
        reads = reads_on(self.record)
        assert Counter(reads) == READS
        assert faults_of(self.record, f"sitting-{self.handle}-sharing") == []

        withdraw(self.record)
        here = f"{self.visit.address}/api/v1"
        refused = asked(f"{here}/transcripts/{shared['id']}", token)
        assert refused == asked(f"{here}/transcripts/{uuid4()}", token)
        assert refused[1] == "404"
        assert asked(f"{here}/credentials/{credential['id'].rpartition('/')[2]}", token)[1] == "404"
        assert shared["serial"] not in asked(f"{here}/transcripts/", token)[0]
        assert reads_on(self.record) == reads

    def afterwards(self) -> None:
        """One paper is taken back, another one replaced, and whoever checks them is told so."""
        revoke(self.visit, self.first, self.second, self.codes[MICRO])
        assert self.says(self.codes[MICRO]) == ("This credential was revoked.", "It was issued in error.")
        old = self.codes[CERTIFICATE]
        issue_anew(self.visit, self.first, old)
        self.record.goto(f"{self.visit.address}/record/")
        newer = signed(self.record, CERTIFICATE, but=old)[CERTIFICATE]
        assert self.says(old)[0] == "This credential was replaced by a newer one."
        assert [self.says(code)[0] for code in (newer, self.codes[DIPLOMA])] == [VALID] * 2
        assert self.says(in_groups(code_of(uuid4().bytes)))[0] == "Not known here."

    def leave(self) -> None:
        for context in (self.learner, self.assessor, self.first, self.second, self.stranger):
            context.close()


def one_sitting(visit: DemoVisit, handle: str, folder: Path) -> dict[str, float]:
    """All of it; seconds until two papers were signed, until the diploma was, and in all."""
    begun = time.monotonic()
    sitting = Sitting(visit, handle, folder)
    took = {PROMISED: sitting.last_piece(), "diploma granted and signed": sitting.diploma()}
    sitting.sharing(*sitting.papers())
    sitting.afterwards()
    sitting.leave()
    return {**took, "in all": time.monotonic() - begun}


def test_five_times_in_a_row_papers_come_are_shared_and_are_checked(
    browser: Browser, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = Demo(folder / "var", free_port(), CAIRN_DEMO_LEARNERS="60")
    demo.start()
    try:
        printed = Printed.of(demo.words_until("Ctrl-C stops everything"))
        folder.joinpath("partner-key").write_text(printed.key)
        run(folder, printed.address)  # as they stand, on what the demo's partner may read already
        visit, told = printed.visit(browser), {}
        for handle in LEARNERS:
            told[handle] = one_sitting(visit, handle, folder)
            with capsys.disabled():
                print(f"\n{handle}", *(f"{what} {taken:.1f} s" for what, taken in told[handle].items()), sep=", ")  # noqa: T201 - figures
    finally:
        ended(demo)

    assert max(taken[PROMISED] for taken in told.values()) <= SIGNED_WITHIN
