"""One value, one byte string, one digest; what has no canonical form is refused with its place."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from core.text.canonical import MAX_INTEGER, NotCanonicalError, canonical, digest

text = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | text,
    lambda inner: st.lists(inner) | st.dictionaries(text, inner),
    max_leaves=20,
)


@given(values)
def test_canonical_bytes_read_back_as_the_same_value(value: object) -> None:
    assert json.loads(canonical(value)) == value


@given(values | st.text(st.characters(max_codepoint=0x7F)))
def test_the_bytes_are_those_of_rfc_8785(value: rfc8785._impl._Value) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(text, values))
def test_the_order_of_members_does_not_matter(members: dict[str, object]) -> None:
    assert digest(dict(reversed(members.items()))) == digest(members)


def test_members_are_sorted_by_utf_16_code_units_as_rfc_8785_asks() -> None:
    assert canonical({"\ue000": 1, "\U0001f600": 2, "a": 3}) == '{"a":3,"\U0001f600":2,"\ue000":1}'.encode()


def test_the_digest_carries_its_method() -> None:
    assert digest({}) == "c1:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize(
    ("value", "where", "why"),
    [
        ({"credits": 1.5}, "/credits", "float"),
        ({"levels": [1, {"score": 2.0}]}, "/levels/1/score", "float"),
        ({"n": 2**53}, "/n", "integer"),
        ({"name": "\ud800"}, "/name", "surrogate"),
        ({1: "x"}, "", "member's name"),
        (b"bytes", "", "bytes"),
        ({"set": {1}}, "/set", "set"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_its_place(value: object, where: str, why: str) -> None:
    with pytest.raises(NotCanonicalError, match=why) as refused:
        canonical(value)

    assert refused.value.where == where
