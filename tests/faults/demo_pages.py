"""A running demo as its people see it: signed in by the printed list, work handed in and judged, news awaited."""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

MOST = 5.0  # seconds in which an open page shows what was judged
SOON = 5_000  # the same in milliseconds, once the assessor's next page is there
PATIENCE = 60_000  # milliseconds for a page to be there; a shared machine may be slow
WORK = "I wrote down both handovers, what got lost, and what I said to both. My own begins with what matters now."


@dataclass(frozen=True)
class Task:
    """What a learner hands in, the competency whose second piece it is, and the beginning of what that says."""

    assessment: str
    competency: str
    says: str


HANDOVER = Task("Two handovers compared", "Hand over", "Hands over to colleagues")
VISIT = Task("A visit by video", "Explain a device", "Explains a digital device")
# When an open page showed news last, on the clock of this machine; that work was handed in is news as well.
LISTEN = "document.addEventListener('htmx:afterSwap', () => { document.body.dataset.news = Date.now(); })"


@dataclass
class DemoVisit:
    """One browser at a demo; `people` maps the handle of an e-mail to address and password."""

    browser: Browser
    address: str
    people: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, browser: Browser, address: str, var: Path) -> "DemoVisit":
        rows = json.loads((var / "demo" / "sign-ins.json").read_text())
        people = {row["email"].partition("@")[0]: (row["email"], row["password"]) for row in rows}
        return cls(browser, address, people)

    def sign_in(self, handle: str) -> BrowserContext:
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        page = self.open(context, "/accounts/login/")
        email, password = self.people[handle]
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(re.compile(r"^(?!.*login)"))
        page.close()
        return context

    def open(self, context: BrowserContext, path: str) -> Page:
        page = context.new_page()
        page.goto(self.address + path)
        return page


def leaf(page: Page, competency: str) -> Locator:
    """A competency in the list of a pathway."""
    return page.locator(".pathway-leaf").filter(has=page.get_by_text(competency, exact=True)).first


def hand_in(visit: DemoVisit, learner: BrowserContext, task: Task) -> None:
    page = visit.open(learner, "/coursework/")
    page.get_by_role("button", name=re.compile(rf"^Begin.*: {re.escape(task.assessment)}$")).click()
    page.locator("textarea[name=text]").fill(WORK)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("handed in", exact=False).first).to_be_visible(timeout=PATIENCE)
    page.close()


def judge(visit: DemoVisit, assessor: BrowserContext, task: Task, *, key: str = "3") -> float:
    """Judge the newest work for the task by keyboard; the instant, in seconds, at which it was sent."""
    page = visit.open(assessor, "/judging/")
    page.get_by_role("link", name=task.assessment).last.click()
    page.wait_for_url(re.compile(r"/judging/[0-9a-f-]{36}/"))
    for criterion in page.locator("fieldset").all():
        criterion.get_by_role("radio").first.focus()
        page.keyboard.press(key)
    expect(page.locator("[data-saved]")).to_contain_text("Saved at", timeout=PATIENCE)
    button = page.get_by_role("button", name="Assess and open the next")
    button.focus()
    sent = time.time()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Assessed.", exact=False).first).to_be_visible(timeout=PATIENCE)
    page.close()
    return sent


def submit_judge_and_see(visit: DemoVisit, handle: str, task: Task) -> float:
    """One run of the whole; seconds from the judgement until an open page showed level, mastery and progress."""
    learner, assessor = visit.sign_in(handle), visit.sign_in("mira.solheim")
    way, shown = visit.open(learner, "/pathway/"), visit.open(learner, "/coursework/evidence/")
    before = way.locator(".pathway-figures li").first.inner_text()
    expect(leaf(way, task.competency)).not_to_contain_text("Mastered")
    hand_in(visit, learner, task)
    for page in (way, shown):
        page.evaluate(LISTEN)

    judged = judge(visit, assessor, task)

    there = leaf(way, task.competency)
    expect(there).to_contain_text("Level reached: Practises", timeout=SOON)
    expect(there).to_contain_text("Mastered")
    expect(way.locator(".pathway-figures li").first).not_to_have_text(before)
    reasons = shown.locator(".card").filter(has=shown.get_by_text(task.says)).first
    expect(reasons).to_contain_text("2 of 2 pieces of evidence at Practises or above", timeout=SOON)
    # Kept on the page itself: they are gone if it was loaded again.
    seen = [page.evaluate("Number(document.body.dataset.news)") / 1000 - judged for page in (way, shown)]
    learner.close()
    assessor.close()
    return float(max(seen))
