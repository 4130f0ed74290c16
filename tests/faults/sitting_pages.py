"""One sitting with a demo's papers, page by page: the record, the desk, what strangers and partners are told."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.credentials.printed import Paper
from tests.faults.demo_pages import PATIENCE, DemoVisit
from tests.journeys.looks import faults_of, folders_of_pictures, take_picture
from tests.portal.test_partner_document import blocks, run

MICRO, CERTIFICATE = "Safe and Together", "Certificate in Data and Digital Care"
DIPLOMA = "Diploma in Applied Data and Digital Care"
PARTNER = "Northwind Logistics"
EVERY = 250  # milliseconds after which an impatient person loads a page again
PERSON = re.compile(r"^  \w+ +(\S+)@(\S+) +(\S+)(?:  .*)?$", re.MULTILINE)
KEY = re.compile(r"^  (CLIENT_(?:ID|SECRET)=\S+)$", re.MULTILINE)
OPEN_AT = re.compile(r"^Cairn is open at (\S+)/$", re.MULTILINE)
ANSWERED = "\n%{http_code}"


@dataclass(frozen=True)
class Printed:
    """What the terminal of a demo says: the address, who signs in with what, and the lines of the partner's key."""

    address: str
    people: dict[str, tuple[str, str]]
    key: str

    @classmethod
    def of(cls, words: str) -> "Printed":
        found = OPEN_AT.search(words)
        assert found, words
        people = {handle: (f"{handle}@{place}", password) for handle, place, password in PERSON.findall(words)}
        return cls(found[1], people, "".join(f"{line}\n" for line in KEY.findall(words)))

    def visit(self, browser: Browser) -> DemoVisit:
        return DemoVisit(browser, self.address, self.people)


# --- the learner's record ---------------------------------------------------------------------------------------


def codes_on(record: Page) -> dict[str, str]:
    """The printed codes of signed papers, by the title of what was awarded."""
    cards = record.locator("section[aria-labelledby=awards] li.card").filter(has=record.locator("code"))
    return {card.get_by_role("heading").inner_text(): card.locator("code").inner_text() for card in cards.all()}


def signed(record: Page, *titles: str, but: str = "") -> dict[str, str]:
    """Load the record again and again until all these have a signed paper, with another code than `but`."""
    end = time.monotonic() + PATIENCE / 1000
    while True:
        record.reload()
        found = codes_on(record)
        if all(found.get(title, but) != but for title in titles):
            return found
        assert time.monotonic() < end, f"no signed paper of {titles} but of {sorted(found)}"
        record.wait_for_timeout(EVERY)


def link_of(record: Page, label: str, what: str) -> Locator:
    """What can be done with an award or transcript of the record; `what` is said to those who do not see the page."""
    return record.get_by_role("link", name=re.compile(rf"^{re.escape(label)}\s*: {re.escape(what)}$"))


def fetched(record: Page, label: str, what: str) -> bytes:
    """The file behind a link of the record."""
    with record.expect_download() as download:
        link_of(record, label, what).click()
    return Path(download.value.path()).read_bytes()


def number_of(visit: DemoVisit, learner: BrowserContext) -> str:
    """The learner number, as the first page shows it."""
    page = visit.open(learner, "/")
    words = page.get_by_text("Learner number").inner_text()
    page.close()
    return words.split()[-1]


def share(record: Page, serial: str, *, until: str) -> None:
    """Let the partner read a transcript for employment, until a day; the page then shows the sharing."""
    link_of(record, "Share", serial).click()
    expect(record.get_by_role("radio", name=serial)).to_be_checked()
    record.get_by_label("With").select_option(label=PARTNER)
    record.get_by_label("For", exact=True).select_option(label="employment")
    record.get_by_label("Until").fill(until)
    record.get_by_role("button", name="Go on").click()
    expect(record.locator(".card").get_by_text(PARTNER).first).to_be_visible()
    record.get_by_role("button", name="I agree, share it").click()
    expect(record.get_by_text("Shared. You see here each time that it is read.")).to_be_visible()


def withdraw(sharing: Page) -> None:
    sharing.get_by_role("button", name="Withdraw").click()
    expect(sharing.get_by_text("Withdrawn. From now on nothing can be read there.")).to_be_visible()


def reads_on(sharing: Page) -> list[tuple[str, str]]:
    """How, and what: each read that the page of a sharing shows, the first one first."""
    sharing.reload()
    cells = [row.get_by_role("cell").all_inner_texts() for row in sharing.locator("tbody tr").all()]
    return [(how, what) for _when, how, what, _program in reversed(cells)]


# --- the desk ---------------------------------------------------------------------------------------------------


def do(page: Page, verb: str, **said: str) -> None:
    """Do what a button of the record on the page offers, with these answers to the form."""
    page.get_by_role("link", name=verb, exact=True).click()
    for name, value in said.items():
        field = page.locator(f"main [name={name}]")
        if field.evaluate("field => field.localName") == "select":
            field.select_option(value)
        else:
            field.fill(value)
    page.get_by_role("button", name=verb, exact=True).click()


def open_concern(visit: DemoVisit, registrar: BrowserContext, title: str, *, row: str) -> Page:
    """From what needs attention to the record of which the list says `row`."""
    page = visit.open(registrar, "/admin/")
    page.get_by_role("link", name=title).click()
    page.get_by_role("row").filter(has_text=row).get_by_role("link").first.click()
    return page


def grant(visit: DemoVisit, registrar: BrowserContext, number: str) -> None:
    page = open_concern(visit, registrar, "Awards to grant", row=number)
    expect(page.get_by_text(DIPLOMA).first).to_be_visible()
    take_picture(page, "sitting-desk-award")
    do(page, "Grant")
    expect(page.get_by_text("Granted.", exact=True)).to_be_visible()
    page.close()


def make_official(visit: DemoVisit, registrar: BrowserContext, number: str, *, language: str) -> str:
    """Make an official transcript; its serial."""
    page = visit.open(registrar, "/admin/credentials/transcript/")
    do(page, "Make an official transcript", learner_number=number, language=language)
    said = page.get_by_text(re.compile(r"^Made: T-")).inner_text()
    page.close()
    return said.removeprefix("Made: ").rstrip(".")


def paper_at_the_desk(visit: DemoVisit, registrar: BrowserContext, code: str) -> Page:
    """The record of a paper, found by its printed code."""
    page = visit.open(registrar, "/admin/credentials/credential/")
    page.get_by_role("searchbox").fill(code)
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(page.get_by_text(code).first).to_be_visible()
    return page


def revoke(visit: DemoVisit, first: BrowserContext, second: BrowserContext, code: str) -> None:
    """Two registrars agree that a paper was issued in error, and one takes it back."""
    page = paper_at_the_desk(visit, first, code)
    do(page, "Ask to revoke", kind="issued_in_error", why="Two lists were mixed up.")
    expect(page.get_by_text("Asked.", exact=True)).to_be_visible()
    asked = open_concern(visit, second, "Approvals to decide", row="Two lists were mixed up.")
    do(asked, "Approve")
    expect(asked.get_by_text("Approved.", exact=True)).to_be_visible()
    asked.close()
    page.reload()
    do(page, "Revoke", kind="issued_in_error", why="Two lists were mixed up.")
    expect(page.get_by_text("Revoked. The published list")).to_be_visible()
    page.close()


def issue_anew(visit: DemoVisit, registrar: BrowserContext, code: str) -> None:
    page = paper_at_the_desk(visit, registrar, code)
    do(page, "Issue again", kind="correction", why="A word of the description was wrong.")
    expect(page.get_by_text("The new credential is being signed.")).to_be_visible()
    page.close()


# --- strangers and partners -------------------------------------------------------------------------------------


def answer_to(visit: DemoVisit, stranger: BrowserContext, code: str) -> tuple[str, str]:
    """What the verify page says about a code: its sentence, and what that means."""
    page = visit.open(stranger, "/verify/")
    page.get_by_label("Code or link").fill(code)
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("link", name="Check another").wait_for()
    said = page.get_by_role("heading", level=1).inner_text(), page.locator(".notice").first.inner_text().strip()
    assert faults_of(page, f"sitting-{'-'.join(re.findall('[a-z]+', said[0].lower()))}") == []
    page.close()
    return said


def pulled(folder: Path, address: str) -> list[str]:
    """The lines of docs/partners.md, run on the transcript that was shared last; then the token itself."""
    newest = [block.replace('["results"][0]', '["results"][-1]') for block in blocks()]
    return run(folder, address, lines_of=[*newest, 'printf %s "$TOKEN"'])


def asked(address: str, token: str) -> tuple[str, str]:
    """The body and status that curl gets with a token."""
    command = ["curl", "--silent", "--show-error", "--header", f"Authorization: Bearer {token}"]
    environment = {**os.environ, "no_proxy": "*"}
    done = subprocess.run(
        [*command, "--write-out", ANSWERED, address], env=environment, capture_output=True, text=True, check=True
    )
    body, _line, status = done.stdout.rpartition("\n")
    return body, status


# --- paper ------------------------------------------------------------------------------------------------------


def faults_of_paper(content: bytes, *, look: str, name: str) -> list[str]:
    """What is wrong with a PDF: fonts that are not inside, no tags, lost letters of the name, words on words or cut.

    Draws its pages into the folder of pictures, when there is one.
    """
    paper = Paper(content)
    found = [f"{font} is not embedded" for font, inside in paper.fonts.items() if not inside.startswith("yes")]
    if paper.facts["Tagged"] != "yes":
        found.append("it is not tagged")
    lost = set("".join(name.split())) - set(paper.text())
    if lost:
        found.append(f"letters are missing: {sorted(lost)}")
    wide, _by, high, *_unit = paper.facts["Page size"].split()
    for page in range(1, int(paper.facts["Pages"]) + 1):
        found += _crowded(paper, page, float(wide), float(high))
    for folder in folders_of_pictures(look):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["pdftoppm", "-png", "-r", "80", str(paper.path), str(folder / look)], check=True)
    return [f"{look}: {fault}" for fault in found]


def _crowded(paper: Paper, page: int, wide: float, high: float) -> Iterator[str]:
    words = paper.words(page)
    for word, left, top, right, bottom in words:
        if min(left, top) < 0 or right > wide or bottom > high:
            yield f"“{word}” leaves page {page}"
    for (one, *first), (two, *second) in combinations(words, 2):
        across = min(first[2], second[2]) - max(first[0], second[0])
        down = min(first[3], second[3]) - max(first[1], second[1])
        height = min(first[3] - first[1], second[3] - second[1])
        if across > 1 and down > height / 2:
            yield f"“{one}” and “{two}” lie on each other on page {page}"
