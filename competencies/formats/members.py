"""Reads single members tolerantly: null, [], {}, blank text and absence are one; a single value does for a list."""

from collections.abc import Mapping
from typing import Any

from competencies.errors import Fault, FaultCode
from competencies.formats.dialect import Member, Shape, Table
from competencies.formats.package import Json, Link

OURS = "cairn"
MOST_FAULTS = 50
LARGEST_SEQUENCE = 2**63 - 1


class Faults:
    """What was found wrong so far; beyond a limit only counted."""

    def __init__(self) -> None:
        self.listed: list[Fault] = []
        self.unlisted = 0

    def add(self, code: FaultCode, where: str, **details: str) -> None:
        """Note one fault at JSON Pointer `where`."""
        if len(self.listed) < MOST_FAULTS:
            self.listed.append(Fault(code, where, details))
        else:
            self.unlisted += 1


def empty(value: Json) -> bool:
    """Whether a source that says this says nothing."""
    return (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (isinstance(value, list | dict) and not value)
    )


def filled(members: Mapping[str, Json]) -> dict[str, Json]:
    """The members that say something."""
    return {name: value for name, value in members.items() if not empty(value)}


def step(name: str | int) -> str:
    """One step of a JSON Pointer."""
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


def opened(raw: Mapping[str, Json]) -> tuple[dict[str, Json], Mapping[str, Json]]:
    """The object as its source wrote it, and what our own extension says beside.

    Our writer puts what the standard has no place for into `extensions.cairn.members`; here it comes back.
    """
    extensions = raw.get("extensions")
    if isinstance(extensions, list) and len(extensions) == 1:
        extensions = extensions[0]  # criterion levels carry a list of them
    if not isinstance(extensions, Mapping) or not isinstance(extensions.get(OURS), Mapping):
        return dict(raw), {}
    own = extensions[OURS]
    others = {name: value for name, value in extensions.items() if name != OURS}
    members = own.get("members")
    source = {**raw, "extensions": others, **(members if isinstance(members, Mapping) else {})}
    return source, own


def restored(raw: Mapping[str, Json], table: Table) -> dict[str, Json]:
    """A definition or rubric, verbatim, with what our writer had set aside put back, at every depth."""
    source, _own = opened(raw)
    for name, member in table.items():
        if member.rows is not None and isinstance(source.get(name), list):
            rows = member.rows
            source[name] = [restored(row, rows) if isinstance(row, Mapping) else row for row in source[name]]
    return filled(source)


def value_of(raw: Json, member: Member, where: str, faults: Faults) -> Any:  # noqa: ANN401 - one per shape
    """The member's value in our terms; faults are noted and answered with the empty value."""
    match member.shape:
        case Shape.TEXTS:
            return tuple(
                text
                for index, part in enumerate(_listed(raw))
                if (text := text_of(part, member, where + step(index) if isinstance(raw, list) else where, faults))
            )
        case Shape.LINK | Shape.END:
            return link_of(raw, where, faults)
        case Shape.LINKS:
            links = (link_of(part, where + step(index), faults) for index, part in enumerate(_listed(raw)))
            return tuple(link for link in links if link is not None)
        case Shape.INTEGER:
            return integer_of(raw, where, faults)
        case _:
            return text_of(raw, member, where, faults)


def text_of(raw: Json, member: Member, where: str, faults: Faults) -> str:
    """Text, verbatim; a number is written out."""
    if empty(raw):
        return ""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        faults.add(FaultCode.WRONG_TYPE, where, wanted="text", found=_named(raw))
        return ""
    text = str(raw)
    if member.longest and len(text) > member.longest:
        faults.add(FaultCode.TOO_LONG, where, longest=str(member.longest), found=str(len(text)))
        return ""
    return text


def integer_of(raw: Json, where: str, faults: Faults) -> int | None:
    """A whole number, also as text or as a float without fraction."""
    if empty(raw):
        return None
    if isinstance(raw, str) and raw.strip().removeprefix("-").isdecimal():
        raw = int(raw.strip()[:40])
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or abs(raw) > LARGEST_SEQUENCE:
        faults.add(FaultCode.WRONG_TYPE, where, wanted="whole number", found=_named(raw))
        return None
    return raw


def link_of(raw: Json, where: str, faults: Faults) -> Link | None:
    """A link, verbatim; bare text is its URI, or its identifier where it has no scheme."""
    if empty(raw):
        return None
    if isinstance(raw, list) and len(raw) == 1:
        raw = raw[0]
    if isinstance(raw, str):
        return {"uri" if ":" in raw else "identifier": raw}
    if not isinstance(raw, Mapping):
        faults.add(FaultCode.WRONG_TYPE, where, wanted="link", found=_named(raw))
        return None
    link = filled(raw)
    for name in ("title", "identifier", "uri"):
        if name in link:
            link[name] = text_of(link[name], Member(Shape.TEXT, longest=4_000), where + step(name), faults)
    return filled(link) or None


def _listed(raw: Json) -> list[Json]:
    if empty(raw):
        return []
    return raw if isinstance(raw, list) else [raw]


def _named(raw: Json) -> str:
    """What a JSON value is, for the words of a fault."""
    if isinstance(raw, bool):
        return "truth value"
    if isinstance(raw, int | float):
        return "number"
    if isinstance(raw, list):
        return "list"
    return "text" if isinstance(raw, str) else "object"
