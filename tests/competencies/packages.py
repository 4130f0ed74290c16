"""Small CASE packages to test with; every function returns fresh JSON that a test may spoil."""

import json
import uuid
from typing import Any

from tests.conftest import ROOT

FIXTURE = ROOT / "competencies" / "fixtures" / "applied-data-and-digital-care.json"
NAMES = uuid.UUID("3d0a3f0a-51a6-5b5b-9f57-1f6f0b8f0c11")
HOME = "https://source.example/ims/case/v1p1"
WHEN = "2026-03-01T09:00:00+00:00"


def guid(name: str) -> str:
    return str(uuid.uuid5(NAMES, name))


def link(name: str, title: str = "") -> dict[str, Any]:
    return {"title": title or name, "identifier": guid(name), "uri": f"{HOME}/{name}"}


def item(name: str, statement: str = "", **members: Any) -> dict[str, Any]:
    return {
        "identifier": guid(name),
        "uri": f"{HOME}/CFItems/{guid(name)}",
        "fullStatement": statement or f"Can do {name}.",
        "humanCodingScheme": name,
        "lastChangeDateTime": WHEN,
        **members,
    }


def edge(kind: str, origin: str, destination: str, **members: Any) -> dict[str, Any]:
    name = f"{kind} {origin} {destination}"
    return {
        "identifier": guid(name),
        "uri": f"{HOME}/CFAssociations/{guid(name)}",
        "associationType": kind,
        "originNodeURI": link(origin),
        "destinationNodeURI": link(destination),
        "lastChangeDateTime": WHEN,
        **members,
    }


def package(
    *items: dict[str, Any], edges: list[dict[str, Any]] | None = None, document: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "CFDocument": {
            "identifier": guid("document"),
            "uri": f"{HOME}/CFDocuments/{guid('document')}",
            "creator": "Source",
            "title": "Bread",
            "lastChangeDateTime": WHEN,
            "caseVersion": "1.1",
            **(document or {}),
        },
        "CFItems": list(items),
        "CFAssociations": edges or [],
    }


def small() -> dict[str, Any]:
    """A document with a root, two children in order, and a step from one to the other."""
    return package(
        item("root"),
        item("knead", "Kneads until it *shines*."),
        item("bake", "Bakes at the right heat."),
        edges=[
            edge("isChildOf", "root", "document"),
            edge("isChildOf", "knead", "root", sequenceNumber=1),
            edge("isChildOf", "bake", "root", sequenceNumber=2),
            edge("precedes", "knead", "bake"),
        ],
    )


def large(count: int) -> dict[str, Any]:
    """A document with `count` items below one root."""
    names = [f"item {number:04}" for number in range(count)]
    return package(
        item("root"),
        *(item(name) for name in names),
        edges=[edge("isChildOf", "root", "document"), *(edge("isChildOf", name, "root") for name in names)],
    )


def nested(count: int, *, fan: int = 7) -> dict[str, Any]:
    """A document with `count` items, each with up to `fan` below it, the first of them the root."""
    names = [f"item {number:04}" for number in range(count)]
    statement = "Explains to a colleague how {} is done, what can go wrong on the way, and how one sees that it did."
    return package(
        *(item(name, statement.format(name)) for name in names),
        edges=[
            edge("isChildOf", names[0], "document"),
            *(edge("isChildOf", names[place], names[(place - 1) // fan]) for place in range(1, count)),
        ],
        document={"identifier": guid(f"document of {count}"), "title": f"Framework of {count}"},
    )


def encoded(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode()


def fixture() -> dict[str, Any]:
    """The framework of the demo institution."""
    tree: dict[str, Any] = json.loads(FIXTURE.read_text(encoding="utf-8"))
    return tree
