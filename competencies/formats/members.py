"""Tolerant reading of single members.

Null, [], {}, blank text and absence mean the same; a single value is accepted in place of a list.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from competencies.errors import FaultCode, PackageFault
from competencies.formats.dialect import Member, Shape, Table
from competencies.formats.package import Json, Link
from core.text.dates import FIRST_DAY, LAST_DAY

EXTENSION_NAME = "cairn"
# More would not help anybody to correct the file, and a wrong file could have millions.
MAX_FAULTS = 50
LARGEST_SEQUENCE = 2**63 - 1


class FaultLog:
    """Collects the faults of a package; beyond a limit it only counts them."""

    def __init__(self) -> None:
        self.listed: list[PackageFault] = []
        self.unlisted = 0

    def add(self, code: FaultCode, where: str, **details: str) -> None:
        """Add one fault at JSON Pointer `where`."""
        if len(self.listed) < MAX_FAULTS:
            self.listed.append(PackageFault(code, where, details))
        else:
            self.unlisted += 1


def is_empty(value: Json) -> bool:
    """Whether the value is null, blank, [] or {}."""
    return (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (isinstance(value, list | dict) and not value)
    )


def non_empty(members: Mapping[str, Json]) -> dict[str, Json]:
    """The members with a non-empty value."""
    return {name: value for name, value in members.items() if not is_empty(value)}


def pointer_step(name: str | int) -> str:
    """One step of a JSON Pointer, escaped (RFC 6901)."""
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


def split_own_extension(raw: Mapping[str, Json]) -> tuple[dict[str, Json], Mapping[str, Json]]:
    """The object as its source wrote it, and the content of our own extension.

    Our writer puts members without a place in the standard into `extensions.cairn.members`. This function puts them
    back.
    """
    extensions = raw.get("extensions")
    if isinstance(extensions, list) and len(extensions) == 1:
        extensions = extensions[0]  # criterion levels carry a list of them
    if not isinstance(extensions, Mapping) or not isinstance(extensions.get(EXTENSION_NAME), Mapping):
        return dict(raw), {}
    own_members = extensions[EXTENSION_NAME]
    others = {name: value for name, value in extensions.items() if name != EXTENSION_NAME}
    members = own_members.get("members")
    source = {**raw, "extensions": others, **(members if isinstance(members, Mapping) else {})}
    return source, own_members


def with_set_aside_members(raw: Mapping[str, Json], table: Table) -> dict[str, Json]:
    """A definition or rubric, verbatim, with the members that our writer has set aside put back at every level."""
    source, _own = split_own_extension(raw)
    for name, member in table.items():
        if member.rows is not None and isinstance(source.get(name), list):
            rows = member.rows
            source[name] = [
                with_set_aside_members(row, rows) if isinstance(row, Mapping) else row for row in source[name]
            ]
    return non_empty(source)


def value_of(raw: Json, member: Member, where: str, faults: FaultLog) -> Any:  # noqa: ANN401 - one per shape
    """The value of the member in our types; a faulty value adds a fault and becomes the empty value."""
    match member.shape:
        case Shape.TEXTS:
            return tuple(
                text
                for index, part in enumerate(_as_list(raw))
                if (
                    text := text_of(
                        part, member, where + pointer_step(index) if isinstance(raw, list) else where, faults
                    )
                )
            )
        case Shape.LINK | Shape.END:
            return link_of(raw, where, faults)
        case Shape.LINKS:
            links = (link_of(part, where + pointer_step(index), faults) for index, part in enumerate(_as_list(raw)))
            return tuple(link for link in links if link is not None)
        case Shape.INTEGER:
            return integer_of(raw, where, faults)
        case Shape.DATE:
            return date_of(raw, member, where, faults)
        case _:
            return text_of(raw, member, where, faults)


def text_of(raw: Json, member: Member, where: str, faults: FaultLog) -> str:
    """Text, verbatim; a number becomes text."""
    if is_empty(raw):
        return ""
    # bool is a subclass of int in Python, but true is no number in JSON.
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        faults.add(FaultCode.WRONG_TYPE, where, wanted="text", found=_type_name(raw))
        return ""
    text = str(raw)
    if member.longest and len(text) > member.longest:
        faults.add(FaultCode.TOO_LONG, where, longest=str(member.longest), found=str(len(text)))
        return ""
    return text


def date_of(raw: Json, member: Member, where: str, faults: FaultLog) -> str:
    """A date, verbatim; what is no date of ISO 8601 is kept as text, and a year that nobody can mean is a fault."""
    text = text_of(raw, member, where, faults)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    # The publisher may be anywhere and may plan ahead, so that today does not matter here.
    if not FIRST_DAY <= day <= LAST_DAY:
        limits = {"first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()}
        faults.add(FaultCode.IMPLAUSIBLE_DATE, where, date=text, **limits)
        return ""
    return text


def integer_of(raw: Json, where: str, faults: FaultLog) -> int | None:
    """An integer, also from text or from a float without a fraction."""
    if is_empty(raw):
        return None
    if isinstance(raw, str) and raw.strip().removeprefix("-").isdecimal():
        # Cut before int(), which raises ValueError for thousands of digits.
        raw = int(raw.strip()[:40])
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or abs(raw) > LARGEST_SEQUENCE:
        faults.add(FaultCode.WRONG_TYPE, where, wanted="whole number", found=_type_name(raw))
        return None
    return raw


def link_of(raw: Json, where: str, faults: FaultLog) -> Link | None:
    """A link, verbatim; plain text is a URI, or an identifier if it has no scheme."""
    if is_empty(raw):
        return None
    if isinstance(raw, list) and len(raw) == 1:
        raw = raw[0]
    if isinstance(raw, str):
        return {"uri" if ":" in raw else "identifier": raw}
    if not isinstance(raw, Mapping):
        faults.add(FaultCode.WRONG_TYPE, where, wanted="link", found=_type_name(raw))
        return None
    link = non_empty(raw)
    for name in ("title", "identifier", "uri"):
        if name in link:
            link[name] = text_of(link[name], Member(Shape.TEXT, longest=4_000), where + pointer_step(name), faults)
    return non_empty(link) or None


def _as_list(raw: Json) -> list[Json]:
    if is_empty(raw):
        return []
    return raw if isinstance(raw, list) else [raw]


def _type_name(raw: Json) -> str:
    """The name of the JSON type, for the message of a fault."""
    if isinstance(raw, bool):
        return "truth value"
    if isinstance(raw, int | float):
        return "number"
    if isinstance(raw, list):
        return "list"
    return "text" if isinstance(raw, str) else "object"
