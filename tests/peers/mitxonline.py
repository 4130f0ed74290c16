"""MITx Online: the requirement tree of a program, and when its certificate is earned. Source: how its administration
describes program requirements (all of, minimum number of, electives, nested groups); told in our words."""

from collections.abc import Iterator
from functools import partial

from tests.peers.facts import Document, Fact, audit_answer

REFUSED = (
    "The tree is refused before anybody studies it, because nobody could ever complete it; MITx Online answers for "
    "each learner."
)


def all_of(name: str, *children: Document) -> Document:
    """Everything below."""
    return {"id": name, "kind": "all", "exclusive": False, "children": [*children]}


def least(count: int, name: str, *children: Document) -> Document:
    """At least so many of those below."""
    return {"id": name, "kind": "choose", "n": count, "exclusive": False, "children": [*children]}


def course(name: str, node: str = "") -> Document:
    """A course, met by its certificate."""
    return {"id": node or f"course {name}", "kind": "competency", "accepts": [name]}


def program(name: str) -> Document:
    """Another program, met by its certificate."""
    return {"id": f"program {name}", "kind": "program", "accepts": [name]}


A, B, C, D = (course(name) for name in "abcd")
REQUIRED = all_of("required", A, B)
ELECTIVES = least(1, "electives", C, D)
BOTH = (REQUIRED, ELECTIVES)
IN_TWO = (all_of("core", A, B), least(1, "choice", course("b", "b again"), C))
NESTED = (least(1, "track", all_of("one", A, B), all_of("two", C, D)),)
DEEP = (least(2, "any", A, least(1, "inner", B, C), D),)

# Family, name, what lies below the root, certificates, what MITx Online answers.
CASES: tuple[tuple[str, str, tuple[Document, ...], str, str], ...] = (
    ("all of", "every course", (REQUIRED,), "a b", "completed"),
    ("all of", "one is missing", (REQUIRED,), "a", "not completed"),
    ("all of", "a course that is not asked for", (REQUIRED,), "a c", "not completed"),
    ("all of", "a group without courses asks for nothing", (all_of("empty"), A), "a", "completed"),
    ("min number of", "as many", (least(2, "any", A, B, C),), "a c", "completed"),
    ("min number of", "more", (least(2, "any", A, B, C),), "a b c", "completed"),
    ("min number of", "too few", (least(2, "any", A, B, C),), "b", "not completed"),
    ("min number of", "none is asked for", (least(0, "any", A), B), "b", "completed"),
    ("min number of", "2 of 1 group", (all_of("e"), least(2, "m", least(1, "i", A, B))), "a b", "not completed"),
    ("electives", "required and elective", BOTH, "a b d", "completed"),
    ("electives", "required alone", BOTH, "a b", "not completed"),
    ("electives", "electives alone", BOTH, "c d", "not completed"),
    ("electives", "a course of both groups counts in both", IN_TWO, "a b", "completed"),
    ("nested", "one track", NESTED, "c d", "completed"),
    ("nested", "half of each track", NESTED, "a c", "not completed"),
    ("nested", "a group and a course", DEEP, "c d", "completed"),
    ("nested", "two of the inner group are one", DEEP, "b c", "not completed"),
    ("nested", "nothing yet", DEEP, "", "not completed"),
)


def facts() -> Iterator[Fact]:
    """Yield the facts of all kinds of groups."""
    for family, name, children, certificates, expected in CASES:
        document = _trial(children, certificates)
        reason = REFUSED if name == "2 of 1 group" else ""
        yield Fact(f"MITx Online: {family}", name, expected, partial(audit_answer, document), reason)
    below = (program("p"), A)
    yield Fact(
        "MITx Online: programs",
        "a program below, with its certificate",
        "completed",
        lambda: audit_answer(_trial(below, "a", awards="p")),
    )
    yield Fact(
        "MITx Online: programs",
        "a program below, without it",
        "not completed",
        lambda: audit_answer(_trial(below, "a")),
    )
    revoked = _trial((A,), "a")
    revoked["attainments"][0]["valid_until"] = "2026-05-01"
    yield Fact(
        "MITx Online: all of", "a revoked certificate does not count", "not completed", lambda: audit_answer(revoked)
    )


def _trial(children: tuple[Document, ...], certificates: str, awards: str = "") -> Document:
    return {
        "root": all_of("root", *children),
        "attainments": [
            *({"id": name, "comp": name, "achieved_on": "2026-03-02"} for name in certificates.split()),
            *({"id": f"award {name}", "kind": "award", "ref": name} for name in awards.split()),
        ],
    }
