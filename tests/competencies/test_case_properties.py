"""Damaged packages are parsed or refused with named faults, and what is parsed survives writing and parsing again."""

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from competencies.errors import PackageRefusedError
from competencies.formats.case import package_in, written
from competencies.formats.package import Package
from tests.competencies.packages import encoded, fixture, small

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(["", " ", "\x00", "2026-01-01", "https://x.example/", "isChildOf", "1.1", "a" * 600, "\ud800"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["identifier", "uri", "title", "members", "cairn", "rank", "x"]), inner, max_size=3
        ),
    ),
    max_leaves=8,
)


def tame() -> dict[str, Any]:
    """A short form of the fixture: every list, two of each."""
    tree = fixture()
    for name in ("CFItems", "CFAssociations"):
        tree[name] = tree[name][:4]
    return tree


BASES = [tame(), small()]


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(tree, dict):
        return found + [place for name, value in tree.items() for place in places(value, (*path, name))]
    if isinstance(tree, list):
        return found + [place for index, value in enumerate(tree) for place in places(value, (*path, index))]
    return found


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    tree = copy.deepcopy(draw(st.sampled_from(BASES)))
    for _time in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places(tree)))
        holder = tree
        for pointer_step in path[:-1]:
            holder = holder[pointer_step]
        how = draw(st.sampled_from(["replace", "drop", "repeat", "add"]))
        if how == "replace":
            holder[path[-1]] = draw(VALUES)
        elif how == "drop":
            del holder[path[-1]]
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[path[-1]]))
        else:
            holder[draw(st.sampled_from(["identifier", "extensions", "notes", "strange"]))] = draw(VALUES)
    return tree


def read(content: bytes) -> Package | None:
    """The package, or None when it was refused by name; anything else that is raised fails the test."""
    try:
        return package_in(content)
    except PackageRefusedError as refusal:
        return None if refusal.faults else package_in(b"a refusal must name a fault")


@given(spoilt())
def test_a_spoilt_package_is_read_or_refused_by_name(tree: Any) -> None:
    package = read(json.dumps(tree).encode())
    if package is None:
        return
    again = package_in(encoded(written(package, version="1.1")))

    assert (again.document, again.items, again.edges, again.definitions, again.scales) == (
        package.document,
        package.items,
        package.edges,
        package.definitions,
        package.scales,
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_by_name(content: bytes) -> None:
    read(content)


@given(st.data())
def test_a_file_cut_anywhere_is_refused(data: st.DataObject) -> None:
    content = encoded(small())

    assert read(content[: data.draw(st.integers(0, len(content) - 1))]) is None
