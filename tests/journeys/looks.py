"""How a page is looked at: in light and dark, at the desk and on the phone, by axe, and into pictures when asked."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.conftest import ROOT
from tests.journeys.conftest import WIDTHS, Visitor, axe_violations

# Those that the README shows; all others are written beside, for the eye only.
IN_THE_README = {"framework-desktop-light", "desk-desktop-light"}


def look_at(
    visit: Callable[..., Visitor], path: str, *, name: str, session: str = "", language: str = "en"
) -> list[str]:
    """Open `path` in every look; returns what axe finds, and what does not fit the width, each with its look."""
    found = []
    for dark in (False, True):
        # Opened once per colour scheme, which scripts may read once; the width is CSS's own affair.
        page = visit(dark=dark, session=session, language=language).open(path)
        for width, (across, down) in WIDTHS.items():
            page.set_viewport_size({"width": across, "height": down})
            found += faults_of(page, f"{name}-{width}-{'dark' if dark else 'light'}")
        page.close()
    return found


def faults_of(page: Page, look: str) -> list[str]:
    """What axe finds on the page as it stands, and what does not fit its width; takes its picture."""
    found = [f"{look}: {violation}" for violation in axe_violations(page) + _overflow(page)]
    take_picture(page, look)
    return found


def take_picture(page: Page, look: str) -> None:
    """Write the page as a picture into the folder CAIRN_PICTURES, when it is set."""
    folder = os.environ.get("CAIRN_PICTURES")
    if not folder:
        return
    places = [ROOT / folder] + ([ROOT / "docs" / "pictures"] if look in IN_THE_README else [])
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(place) / f"{look}.png", full_page=look not in IN_THE_README, caret="initial")


def _overflow(page: Page) -> list[str]:
    """A page that must be pushed sideways is broken on a phone."""
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [f"the page is {wide} px wide in a window of {room} px"] if wide > room else []
