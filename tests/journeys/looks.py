"""How a page is looked at: in light and dark, at the desk and on the phone, by axe, and into pictures when asked."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.conftest import LONG, ROOT
from tests.journeys.conftest import WIDTHS, Visitor, axe_violations

# Those that the README shows; all others are written beside, for the eye only.
IN_THE_README = {"framework-desktop-light", "desk-desktop-light", "pathway-desktop-light", "certificate"}


def look_at(
    visit: Callable[..., Visitor], path: str, *, name: str, session: str = "", language: str = "en"
) -> list[str]:
    """Open `path` in every look; returns what axe finds, and what does not fit the width, each with its look.

    In the dark nothing but colours differs, so `make test` asks axe for them alone there, `make test-long` for all.
    """
    found = []
    page = visit(session=session, language=language).open(path)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # no script of ours asks which it is
        # A colour on its way from light to dark is neither; on a busy machine axe would measure that.
        page.evaluate("document.getAnimations().forEach((change) => change.finish())")
        for width, (across, down) in WIDTHS.items():
            page.set_viewport_size({"width": across, "height": down})
            colours_only = scheme == "dark" and not LONG
            found += faults_of(page, f"{name}-{width}-{scheme}", colours_only=colours_only)
    page.close()
    return found


def faults_of(page: Page, look: str, *, colours_only: bool = False) -> list[str]:
    """What axe finds on the page as it stands, and what does not fit its width; takes its picture."""
    violations = axe_violations(page, colours_only=colours_only)
    take_picture(page, look)
    return [f"{look}: {violation}" for violation in violations + _overflow(page)]


def take_picture(page: Page, look: str) -> None:
    """Write the page as a picture into the folder CAIRN_PICTURES, when it is set."""
    for place in folders_of_pictures(look):
        place.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=place / f"{look}.png", full_page=look not in IN_THE_README, caret="initial")


def folders_of_pictures(look: str) -> list[Path]:
    """Where a picture of this name belongs: nowhere, unless CAIRN_PICTURES asks for pictures."""
    folder = os.environ.get("CAIRN_PICTURES")
    if not folder:
        return []
    return [ROOT / folder, *([ROOT / "docs" / "pictures"] if look in IN_THE_README else [])]


def _overflow(page: Page) -> list[str]:
    """A page that must be pushed sideways is broken on a phone."""
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [f"the page is {wide} px wide in a window of {room} px"] if wide > room else []
