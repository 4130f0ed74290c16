"""Documents of strangers: read when they are JSON within limits, else refused for a named reason."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.badges.formats.untrusted_json import MAX_BYTES, MAX_DEPTH, Unreadable, UnreadableError, document_of


def why(content: bytes) -> Unreadable:
    with pytest.raises(UnreadableError) as refusal:
        document_of(content)
    return refusal.value.why


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Unreadable.EMPTY),
        (b" \n", Unreadable.EMPTY),
        (b"{", Unreadable.NOT_JSON),
        (b"<html>", Unreadable.NOT_JSON),
        (b'{"a": 1} {"b": 2}', Unreadable.NOT_JSON),
        (b"[]", Unreadable.NO_OBJECT),
        (b'"text"', Unreadable.NO_OBJECT),
        (b"null", Unreadable.NO_OBJECT),
        (b'{"a": "\xff"}', Unreadable.NOT_TEXT),
        (b'{"a": "\\ud800"}', Unreadable.NOT_TEXT),
        (b'{"\\udfff": 1}', Unreadable.NOT_TEXT),
        (b'{"id": 1, "id": 2}', Unreadable.TWICE),
        (b'{"a": {"id": 1, "i\\u0064": 2}}', Unreadable.TWICE),
        (b'{"a": NaN}', Unreadable.NUMBER),
        (b'{"a": -Infinity}', Unreadable.NUMBER),
        (b'{"a": 1e999}', Unreadable.NUMBER),
        (b'{"a": ' + b"9" * 5_000 + b"}", Unreadable.NUMBER),
        (b'{"a": "' + b"x" * MAX_BYTES + b'"}', Unreadable.TOO_LARGE),
        (b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", Unreadable.TOO_DEEP),
        (b"[" * 100_000, Unreadable.TOO_DEEP),
        (b'{"a":' * 50_000, Unreadable.TOO_DEEP),
    ],
)
def test_what_is_no_document_is_refused_for_its_reason(content: bytes, reason: Unreadable) -> None:
    assert why(content) is reason


@pytest.mark.parametrize(
    "content",
    [
        b'{"a": "[[[[{{{{\\"[[["}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}",
    ],
)
def test_what_only_looks_odd_is_read(content: bytes) -> None:
    assert "a" in document_of(content)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.recursive(
            st.none() | st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(10**20), 10**20),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=8,
        ),
    )
)
def test_every_json_object_is_read_as_it_was_written(value: dict[str, object]) -> None:
    assert document_of(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        assert isinstance(document_of(content), dict)
