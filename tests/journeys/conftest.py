"""A real browser on a real server: pages opened as a user would see them, with axe and a watch on the console."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

# Chromium on a quiet machine: no calls home, which only fail and fill the console.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# As patient as for a page that loads: a busy machine may be slow at any time.
expect.set_options(timeout=30_000)
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    assert executable, "Chromium is missing; `make test` installs it, or: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visitor:
    """One person with one browser window; `complaints` collects what the console and the network say is wrong."""

    context: BrowserContext
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """A new tab at `path`, loaded."""
        page = self.context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.goto(self.address + path)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text}")


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """`visit(width="phone", dark=True, language="ar", session=key)` gives a Visitor.

    At the end no visitor may have seen a console error: a blocked script is one.
    """
    visitors: list[Visitor] = []

    def arrive(*, width: str = "desktop", dark: bool = False, language: str = "en", session: str = "") -> Visitor:
        across, down = WIDTHS[width]
        context = browser.new_context(
            viewport={"width": across, "height": down},
            color_scheme="dark" if dark else "light",
            locale=language,
            reduced_motion="reduce",
        )
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        visitors.append(Visitor(context, live_server.url))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


AXE = Axe().axe_script
# Without preload: axe would fetch our @imports again, from the address of the page instead of the stylesheet.
AXE_RUN = (
    "(rules) => axe.run({preload: false, resultTypes: ['violations'], ...rules}).then((found) => found.violations)"
)
# Colours may be on their way, from the other scheme for instance.
ARRIVE = "document.getAnimations().forEach((change) => change instanceof CSSTransition && change.finish())"
OF_COLOURS = ["color-contrast", "link-in-text-block"]


def axe_violations(page: Page, *, colours_only: bool = False) -> list[str]:
    """What axe finds wrong on the page, a line each: the rule, its weight, and the places."""
    page.evaluate(ARRIVE)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    rules = {"runOnly": {"type": "rule", "values": OF_COLOURS}} if colours_only else {}
    return [
        f"{violation['id']} ({violation['impact']}): "
        + "; ".join(f"{node['target']} {node['html'][:160]}" for node in violation["nodes"])
        for violation in page.evaluate(AXE_RUN, rules)
    ]
