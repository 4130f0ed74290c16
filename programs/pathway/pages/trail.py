"""A pathway drawn as a trail of stops, for wide and narrow screens, in both directions of reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from unicodedata import east_asian_width

from django.utils.safestring import SafeString

from programs.pathway.pages.outline import SHOWN_AS_GROUPS, anchor_of, is_long, parts_of
from programs.pathway.pages.pathway_view import MET, SPARE, state_of, title_of
from programs.pathway.queries.pathway_nodes import PathwayNode
from programs.pathway.queries.pathways import Pathway

PER_ROW, STRIDE, ROW, MARGIN = 6, 170, 170, 90
SWING = (0, -26)
LABEL_ACROSS, LABEL_DOWN, MAX_LINES = 20, 30, 3
DOWN_STRIDE, DOWN_WIDTH, DOWN_LEFT = 76, 340, (34, 62)
BIG, SMALL, GLOW = 20, 12, 9
LINE = 17
BULGE = 105
CAIRN = (
    '<ellipse cx="16.7" cy="3.6" rx="3.2" ry="2.3" /><ellipse cx="15.2" cy="8.3" rx="5" ry="2.6" />'
    '<ellipse cx="16.9" cy="13.8" rx="7.2" ry="3" /><ellipse cx="15.3" cy="19.9" rx="9.4" ry="3.2" />'
    '<ellipse cx="16.1" cy="26.6" rx="12.4" ry="3.6" />'
)


@dataclass(frozen=True)
class Stop:
    """A requirement on the trail; big ones are programs and groups, the goal is the program itself."""

    anchor: str
    title: str
    state: str
    big: bool
    goal: bool
    here: bool


@dataclass(frozen=True)
class Mark:
    """A stop as it is drawn: where, how large, and its label line by line."""

    stop: Stop
    x: int
    y: int
    r: int
    glow: int
    label_x: int
    lines: tuple[tuple[int, str], ...]
    check: str
    cairn: str


@dataclass(frozen=True)
class Trail:
    """A drawing: its size, the parts of the way (path, whether done), and the stops."""

    width: int
    height: int
    ways: tuple[tuple[str, bool], ...]
    marks: tuple[Mark, ...]

    @property
    def drawn(self) -> SafeString:
        """All of it as SVG. Written here and not by a template, which takes ten times as long for hundreds of stops."""
        ways, marks = map(_drawn_way, self.ways), map(_drawn_mark, self.marks)
        return SafeString(f"{''.join(ways)}\n  {''.join(marks)}")


def _drawn_way(way: tuple[str, bool]) -> str:
    path, walked = way
    return f'<path class="trail-way{" trail-walked" if walked else ""}" d="{path}" />'


def _drawn_mark(mark: Mark) -> str:
    """A stop as SVG; its words are the only text of people in it, and escaped."""
    stop, x, y = mark.stop, mark.x, mark.y
    here, big = " trail-here" if stop.here else "", " trail-big" if stop.big else ""
    glow = f'<circle class="trail-glow" cx="{x}" cy="{y}" r="{mark.glow}" />' if stop.here else ""
    if stop.goal:
        sign = f'<g class="trail-cairn" transform="{mark.cairn}">{CAIRN}</g>'
    else:
        sign = f'<path class="trail-check" d="{mark.check}" />' if stop.state == MET else ""
    label = "".join(f'<tspan x="{mark.label_x}" y="{at}">{escape(line)}</tspan>' for at, line in mark.lines)
    return (
        f'<g class="trail-stop trail-{stop.state}{here}{big}">{glow}'
        f'<circle class="trail-dot" cx="{x}" cy="{y}" r="{mark.r}" />{sign}'
        f'<text class="trail-label" x="{mark.label_x}">{label}</text></g>\n'
    )


def stops_of(pathway: Pathway) -> list[Stop]:
    """Return the requirements in order, parts before their group; of a long pathway only its parts and itself."""
    root = pathway.root
    nodes = [*parts_of(root), root] if is_long(root) else list(_walked(root))
    here = next((node.key for node in nodes if any(inner.missing for inner in node.walk())), "")
    return [
        Stop(
            anchor=anchor_of(node),
            title=title_of(node),
            state=state_of(node),
            big=node.kind in SHOWN_AS_GROUPS and bool(node.children),
            goal=node is pathway.root,
            here=node.key == here,
        )
        for node in nodes
    ]


def _walked(node: PathwayNode) -> Iterator[PathwayNode]:
    for part in parts_of(node):
        yield from _walked(part)
    yield node


def trail_across(stops: Sequence[Stop], *, mirrored: bool) -> Trail:
    """Return a trail of rows in alternating direction; the first row has the direction of reading."""
    columns = min(PER_ROW, len(stops))
    width = 2 * MARGIN + STRIDE * (columns - 1)
    places = []
    for number in range(len(stops)):
        row, column = divmod(number, PER_ROW)
        along = column if row % 2 == 0 else PER_ROW - 1 - column
        x = MARGIN + STRIDE * along
        places.append((width - x if mirrored else x, 66 + ROW * row + SWING[number % 2]))
    height = ROW * (1 + (len(stops) - 1) // PER_ROW) + 10
    outward = [BULGE if first[0] > width / 2 else -BULGE for first in places]
    ways = [
        _turn(first, second, out) if first[0] == second[0] else _curve(first, second, upright=False)
        for (first, second), out in zip(pairwise(places), outward, strict=False)
    ]
    marks = [
        _mark(stop, place, label_x=place[0], lines=_below(stop, place[1], LABEL_ACROSS))
        for stop, place in zip(stops, places, strict=True)
    ]
    return Trail(width, height, _walked_ways(ways, stops), tuple(marks))


def trail_down(stops: Sequence[Stop], *, mirrored: bool) -> Trail:
    """Return a trail with one stop below the other and labels at their side."""
    places = [(DOWN_LEFT[number % 2], 36 + DOWN_STRIDE * number) for number in range(len(stops))]
    side = max(DOWN_LEFT) + BIG + 14
    if mirrored:
        places = [(DOWN_WIDTH - x, y) for x, y in places]
        side = DOWN_WIDTH - side
    ways = [_curve(first, second, upright=True) for first, second in pairwise(places)]
    marks = []
    for stop, place in zip(stops, places, strict=True):
        lines = wrapped(stop.title, LABEL_DOWN)
        top = place[1] + 5 - LINE * (len(lines) - 1) // 2
        marks.append(
            _mark(stop, place, label_x=side, lines=tuple((top + LINE * at, line) for at, line in enumerate(lines)))
        )
    return Trail(DOWN_WIDTH, DOWN_STRIDE * len(stops), _walked_ways(ways, stops), tuple(marks))


def wrapped(text: str, most: int) -> tuple[str, ...]:
    """Return `text` in at most three lines of `most` columns, cut by an ellipsis; the list has the whole text."""
    lines = [""]
    for word in text.split():
        if lines[-1] and _columns(lines[-1]) + 1 + _columns(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    cut = [*lines[:MAX_LINES]]
    if len(lines) > MAX_LINES:
        cut[-1] += " …"
    return tuple(_shortened(line, most) for line in cut)


def _shortened(line: str, most: int) -> str:
    if _columns(line) <= most + 2:
        return line
    while _columns(line) > most:
        line = line[:-1]
    return line.rstrip() + "…"


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _below(stop: Stop, y: int, most: int) -> tuple[tuple[int, str], ...]:
    top = y + (BIG if stop.big else SMALL) + 24
    return tuple((top + LINE * at, line) for at, line in enumerate(wrapped(stop.title, most)))


def _mark(stop: Stop, place: tuple[int, int], *, label_x: int, lines: tuple[tuple[int, str], ...]) -> Mark:
    x, y = place
    check = f"M{x - 5} {y}l3.5 3.5 6.5-7"
    r = BIG if stop.big else SMALL
    return Mark(stop, x, y, r, r + GLOW, label_x, lines, check, f"translate({x - 12} {y - 11}) scale(.75)")


def _curve(first: tuple[int, int], second: tuple[int, int], *, upright: bool) -> str:
    (x, y), (to_x, to_y) = first, second
    if upright:
        middle = (y + to_y) // 2
        return f"M{x} {y}C{x} {middle} {to_x} {middle} {to_x} {to_y}"
    middle = (x + to_x) // 2
    return f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}"


def _turn(first: tuple[int, int], second: tuple[int, int], out: int) -> str:
    """From the end of a row to the next one, around the label below the first stop."""
    (x, y), (_, to_y) = first, second
    return f"M{x} {y}C{x + out} {y} {x + out} {to_y} {x} {to_y}"


def _walked_ways(ways: Sequence[str], stops: Sequence[Stop]) -> tuple[tuple[str, bool], ...]:
    """Return whether each part of the way is done: it is when both its ends are met, in whatever order."""
    return tuple(
        (way, MET in ends and ends <= {MET, SPARE})
        for way, ends in zip(ways, ({before.state, after.state} for before, after in pairwise(stops)), strict=True)
    )
