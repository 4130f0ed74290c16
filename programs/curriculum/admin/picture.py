"""A tree as a picture: parts lie inside the box of their group; a choice has a dashed edge, a fault a red one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from programs.curriculum.admin.sentences import Line
from programs.models import RequirementKind
from programs.pathway.pages.trail import wrapped

DESK, PHONE = 1000, 340
GAP, PAD = 14, 14
TITLE_LINE, FACT_LINE = 19, 17
SIGN = 26
MIN_LEAF_WIDTH, MIN_GROUP_WIDTH = 190, 330
SIGNS = {"title": 7.9, "fault": 7.3}  # px that one letter takes on average, bold or large
FACT_SIGN = 6.6
PIP = 13
MAX_PIPS = 12


@dataclass(frozen=True)
class Text:
    """One line of words; `kind` is title, says, asks, fact or fault."""

    x: int
    y: int
    words: str
    kind: str


@dataclass(frozen=True)
class Box:
    """A requirement as it is drawn; `pips` are x and y for each part of a choice, and whether it is filled."""

    line: Line
    x: int
    y: int
    width: int
    height: int
    sign: str
    texts: tuple[Text, ...]
    pips: tuple[tuple[int, int, bool], ...]

    @property
    def kind(self) -> str:
        """The CSS classes."""
        layout = "holds" if self.line.holds else "single"
        more = [
            "picture-choice" if self.line.node.row.kind == RequirementKind.CHOOSE else "",
            "picture-program" if self.line.node.row.kind == RequirementKind.PROGRAM else "",
            "picture-faulty" if self.line.faults else "",
        ]
        return " ".join(["picture-box", f"picture-{layout}", *(word for word in more if word)])


@dataclass(frozen=True)
class Picture:
    """A drawing: its size, and its boxes, those outside first."""

    width: int
    height: int
    boxes: tuple[Box, ...]


def picture_of(root: Line, *, width: int, mirrored: bool) -> Picture:
    """Return the picture of a tree in a given width; the height follows. `mirrored` is for right-to-left languages."""
    height = _height(root, width)
    return Picture(width, height, tuple(_drawn(root, (0, 0), width, height, width if mirrored else 0)))


def _drawn(line: Line, place: tuple[int, int], width: int, height: int, mirror: int) -> Iterator[Box]:
    x, y = place
    texts, used = _texts(line, x, y, width, mirror)
    left = mirror - x - width if mirror else x
    signed = (left + width - PAD - 18) if mirror else left + PAD
    yield Box(
        line,
        left,
        y,
        width,
        height,
        f"translate({signed} {y + PAD - 2}) scale(.75)",
        tuple(texts),
        tuple(_pips(line, x, y + used - 4, mirror)),
    )
    top = y + _head(line, width)
    for row, each, tall in _rows(line, width):
        for number, child in enumerate(row):
            yield from _drawn(child, (x + PAD + number * (each + GAP), top), each, tall, mirror)
        top += tall + GAP


def _height(line: Line, width: int) -> int:
    rows = list(_rows(line, width))
    below = sum(tall + GAP for _row, _each, tall in rows)
    return _head(line, width) + (below - GAP + PAD if rows else 0)


def _head(line: Line, width: int) -> int:
    """Return the height of a box above its parts."""
    return _texts(line, 0, 0, width, 0)[1] + (PIP + 4 if _has_pips(line) else 0) + PAD


def _rows(line: Line, width: int) -> Iterator[tuple[Sequence[Line], int, int]]:
    """Yield the parts in rows of equal boxes: each row, the width of its boxes, and their height."""
    inner = width - 2 * PAD
    for holds, run in groupby(line.children, key=lambda child: child.holds):
        parts, least = list(run), MIN_GROUP_WIDTH if holds else MIN_LEAF_WIDTH
        columns = max(1, min(len(parts), (inner + GAP) // (least + GAP)))
        for start in range(0, len(parts), columns):
            row = parts[start : start + columns]
            share = len(row) if holds else columns  # a group that stands alone takes the whole row
            each = (inner - GAP * (share - 1)) // share
            yield row, each, max(_height(child, each) for child in row)


def _texts(line: Line, x: int, y: int, width: int, mirror: int) -> tuple[list[Text], int]:
    """Return the lines of text in a box, and their height."""
    start, room = x + PAD, width - 2 * PAD
    down = y + PAD + 13
    texts: list[Text] = []
    says = [("says", line.node.statement, False)] if line.node.statement and line.node.statement != line.title else []
    lines = [("title", line.title, True), *says, ("asks", line.asks, False)]
    lines += [("fact", fact, False) for fact in line.facts]
    lines += [("fault", fault.message.what, False) for fault in line.faults]
    for kind, words, big in lines:
        indent = SIGN if big else 0
        most = max(8, int((room - indent) / SIGNS.get(kind, FACT_SIGN)))
        for words_of_line in wrapped(words, most):
            at = start + indent
            texts.append(Text(mirror - at if mirror else at, down, words_of_line, kind))
            down += TITLE_LINE if big else FACT_LINE
    return texts, down - y - FACT_LINE + 8


def _has_pips(line: Line) -> bool:
    return line.node.row.kind == RequirementKind.CHOOSE and 0 < len(line.children) <= MAX_PIPS


def _pips(line: Line, x: int, y: int, mirror: int) -> Iterator[tuple[int, int, bool]]:
    if not _has_pips(line):
        return
    for number in range(len(line.children)):
        at = x + PAD + 5 + number * (PIP + 3)
        yield mirror - at if mirror else at, y + 10, number < (line.node.row.choose_count or 0)
