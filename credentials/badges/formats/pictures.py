"""The pictures of achievements and issuers, as SVG. They are drawn once, stored, and never drawn again.

They contain text and plain shapes only: no script, no style sheet, nothing that is fetched.
"""

import hashlib
import textwrap
from html import escape

from core.text.letters import direction, printable, shortened

MEDIA_TYPE = "image/svg+xml"
SIDE = 400
# Dark enough for white text: contrast 7 or more (WCAG 2.2, 1.4.6).
COLOURS = ("#16463b", "#1f3d66", "#5b2a50", "#6a3018", "#3d4a16", "#22465a", "#4a2f66", "#5a3b0f")
FONTS = "Georgia, 'Noto Serif', 'Noto Naskh Arabic', serif"
LETTERS_IN_A_LINE = 18
MOST_LINES = 4
MAX_ISSUER_LENGTH = 36
PETALS = 12


def achievement_picture(*, title: str, issuer: str, seed: str) -> bytes:
    """The picture of an achievement: its title and its issuer's name, in colours that `seed` chooses."""
    title, issuer = printable(title), printable(issuer)
    lines = textwrap.wrap(title, LETTERS_IN_A_LINE, max_lines=MOST_LINES, placeholder=" \N{HORIZONTAL ELLIPSIS}")
    start = 190 - 20 * len(lines)
    written = [_line(line, 200, start + 42 * place, size=32) for place, line in enumerate(lines, start=1)]
    written.append(_line(shortened(issuer, MAX_ISSUER_LENGTH), 200, 352, size=16))
    return _svg(f"{title}. {issuer}", [_ground(_colour(seed)), *written])


def issuer_picture(*, seed: str) -> bytes:
    """The emblem of an issuer. It has no name, because an issuer may get another one and keeps its emblem."""
    number = hashlib.sha256(seed.encode()).digest()
    petals = [
        f'<ellipse cx="200" cy="{110 - number[place % 8] % 24}" rx="{16 + number[place % 4] % 14}" ry="52" '
        f'fill="#ffffff" fill-opacity="0.85" transform="rotate({360 // PETALS * place} 200 200)"/>'
        for place in range(PETALS)
    ]
    middle = f'<circle cx="200" cy="200" r="{34 + number[9] % 16}" fill="#ffffff"/>'
    return _svg("", [_ground(_colour(seed)), *petals, middle])


def _colour(seed: str) -> str:
    return COLOURS[hashlib.sha256(seed.encode()).digest()[0] % len(COLOURS)]


def _ground(colour: str) -> str:
    return (
        f'<rect width="{SIDE}" height="{SIDE}" rx="36" fill="{colour}"/>'
        f'<rect x="16" y="16" width="368" height="368" rx="26" fill="none" stroke="#ffffff" stroke-opacity="0.6"/>'
    )


def _line(text: str, across: int, down: int, *, size: int) -> str:
    return (
        f'<text x="{across}" y="{down}" font-family="{FONTS}" font-size="{size}" fill="#ffffff" text-anchor="middle" '
        f'direction="{direction(text)}">{escape(text)}</text>'
    )


def _svg(label: str, parts: list[str]) -> bytes:
    named = f'aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img" {named}>'
    return "".join([head, *parts, "</svg>"]).encode()
