"""Moodle: rules by which sub-competencies complete a competency, what follows from them, and scaled grades. Source: the
documentation of competency frameworks (competency rules, rule outcomes) and of grades; told in our words."""

from collections.abc import Iterator
from functools import partial

from tests.peers.facts import Document, Fact, policy_answer

SCALE = {"id": "ratings", "levels": [{"rank": 1, "reached_at": "1.00", "name": "Competent"}]}
ALL = {"method": "all@1", "scale": "ratings"}
ROW = {"id": 1, "performed_on": "2026-03-02", "recorded_at": "2026-03-02T12:00:00Z", "level": 1}


def points(needed: str, **children: str) -> Document:
    """A rule of points; each child by its points, with `!` where it is required."""
    terms = [
        {"competency": name, "points": worth.rstrip("!"), "required": worth.endswith("!")}
        for name, worth in children.items()
    ]
    return {"method": "points@1", "scale": "ratings", "points_needed": needed, "terms": terms}


def family_of(rule: Document, children: str, proficient: str, **strength: str) -> Document:
    """A competency with `children`, of whom those in `proficient` are rated so."""
    return {
        "parent_policy": {**rule, **strength},
        "children": [
            {
                "competency": name,
                "policy": {"method": "highest@2", "scale": SCALE, "level": 1},
                "observations": [ROW] if name in proficient.split() else [],
            }
            for name in children.split()
        ],
    }


TWO_OF_THREE = points("2", a="1", b="1", c="1")
KEY_CHILD = points("2", a="1!", b="1", c="1")
ANY = points("1", a="1", b="1")
# Name, rule, children, those rated proficient, what Moodle answers.
RULES: tuple[tuple[str, str, Document, str, str, str], ...] = (
    ("all", "every child is proficient", ALL, "a b", "a b", "mastered"),
    ("all", "one child is not", ALL, "a b", "a", "not mastered"),
    ("all", "none is", ALL, "a b", "", "not mastered"),
    ("all", "there are no children", ALL, "", "", "not mastered"),
    ("any", "one of two", ANY, "a b", "b", "mastered"),
    ("any", "none of two", ANY, "a b", "", "not mastered"),
    ("points", "enough", TWO_OF_THREE, "a b c", "a c", "mastered"),
    ("points", "more than enough", TWO_OF_THREE, "a b c", "a b c", "mastered"),
    ("points", "too few", TWO_OF_THREE, "a b c", "b", "not mastered"),
    ("points", "enough with the required child", KEY_CHILD, "a b c", "a b", "mastered"),
    ("points", "enough without the required child", KEY_CHILD, "a b c", "b c", "not mastered"),
    ("points", "the required child alone", KEY_CHILD, "a b c", "a", "not mastered"),
    ("points", "a required child that is worth nothing", points("1", a="0!", b="1"), "a b", "b", "not mastered"),
    ("points", "it and the points", points("1", a="0!", b="1"), "a b", "a b", "mastered"),
    ("points", "unequal points", points("5", a="4", b="2", c="1"), "a b c", "a c", "mastered"),
    ("points", "unequal points, too few", points("5", a="4", b="2", c="1"), "a b c", "b c", "not mastered"),
    ("points", "a child without points adds nothing", points("1", a="1"), "a b", "b", "not mastered"),
)
# Rules that Moodle refuses to save.
REFUSED: tuple[tuple[str, Document], ...] = (
    ("more points than all children have", points("3", a="1", b="1")),
    ("no points asked for", points("0", a="1", b="1")),
    ("a child that is worth less than nothing", points("1", a="1", b="-1")),
    ("a competency that is no child", points("1", a="1", z="1")),
    ("no terms", points("1")),
)
LIVING = (
    "Mastery here follows the facts: a parent that rests on a child ends with it. Who wants it to stay chooses the "
    "strength recommend and lets a person decide."
)


def facts() -> Iterator[Fact]:
    """Yield the facts of rules, outcomes and grades."""
    for family, name, rule, children, proficient, expected in RULES:
        document = family_of(rule, children, proficient)
        yield Fact(f"Moodle: rule {family}", name, expected, partial(policy_answer, document))
    for name, rule in REFUSED:
        document = family_of(rule, "a b", "a")
        yield Fact(
            "Moodle: rule points",
            f"refused: {name}",
            "refused",
            partial(_kind_of_answer, document),
        )
    yield Fact(
        "Moodle: rule points",
        "parts of a point",
        "refused",
        lambda: policy_answer(family_of(points("1", a="0.5", b="0.5"), "a b", "a b")),
        differs="Points have 2 decimal places here, as credits have.",
    )
    yield from _outcomes()
    yield from _lost()
    yield from _grades()


def _kind_of_answer(document: Document) -> str:
    return policy_answer(document).partition(":")[0]


def _outcomes() -> Iterator[Fact]:
    family = "Moodle: rule outcomes"
    yield Fact(family, "none", "not mastered", not_applicable="A competency without rule has no policy for parents.")
    for strength, met in (("log", "logged"), ("recommend", "recommended"), ("complete", "mastered")):
        full, part = (family_of(ALL, "a b", proficient, strength=strength) for proficient in ("a b", "a"))
        yield Fact(family, f"{strength}, rule met", met, partial(policy_answer, full))
        yield Fact(family, f"{strength}, rule not met", "not mastered", partial(policy_answer, part))
    rated = family_of(ALL, "a b", "a b", strength="recommend")
    rated["parent_policy"]["own"] = {"method": "latest@2", "scale": SCALE, "level": 1}
    rated["observations"] = [ROW]
    yield Fact(family, "recommended, then rated by a reviewer", "mastered", lambda: policy_answer(rated))


def _lost() -> Iterator[Fact]:
    lost = family_of(ALL, "a b", "a b")
    lost["children"][0]["observations"] = [{**ROW, "voided_at": "2026-04-02T12:00:00Z"}]
    yield Fact(
        "Moodle: rule all",
        "a child is no longer proficient after the rule has completed the parent",
        "mastered",
        lambda: policy_answer(lost),
        differs=LIVING,
    )


def _grades() -> Iterator[Fact]:
    family = "Moodle: scaled grades"
    for raw, source, target, expected in (
        ("50", ("30", "80"), ("0", "100"), "40.00, mastered"),
        ("6", ("0", "7"), ("0", "5"), "4.29, mastered"),
        ("30", ("30", "80"), ("0", "100"), "0.00, not mastered"),
        ("90", ("30", "80"), ("0", "100"), "120.00, mastered"),
    ):
        document = _scaled(raw, source, target)
        name = f"{raw} of {' to '.join(source)} on {' to '.join(target)}"
        yield Fact(family, name, expected, partial(policy_answer, document))
    yield Fact(
        family,
        "a source with a single grade gives the highest",
        "100.00, mastered",
        lambda: policy_answer(_scaled("5", ("5", "5"), ("0", "100"))),
        differs="A source with one grade says nothing about how well something was shown; the policy is refused.",
    )


def _scaled(raw: str, source: tuple[str, str], target: tuple[str, str]) -> Document:
    conversion = {
        "scale": "grade",
        "source_least": source[0],
        "source_most": source[1],
        "least": target[0],
        "most": target[1],
    }
    row = {key: value for key, value in ROW.items() if key != "level"} | {"scale": "grade", "score": raw}
    return {
        "policy": {"method": "latest@2", "scale": SCALE, "level": 1, "conversions": [conversion]},
        "observations": [row],
    }
