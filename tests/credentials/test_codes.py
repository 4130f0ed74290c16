"""Printed codes: what is typed finds one code or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.rules.codes import ALPHABET, BYTES, CHECKS, code_of, in_groups, normalized

randomness = st.binary(min_size=BYTES, max_size=BYTES)


@given(randomness)
def test_a_code_is_read_back_as_it_is_printed(content: bytes) -> None:
    code = code_of(content)

    assert normalized(in_groups(code).lower()) == code


@given(randomness, st.integers(0, 12), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(content: bytes, place: int, letter: str) -> None:
    code = code_of(content)
    wrong = code[:place] + letter + code[place + 1 :]

    assert (normalized(wrong) == code) == (wrong == code)


@given(randomness, st.integers(0, 10))
def test_two_neighbours_swapped_are_noticed(content: bytes, place: int) -> None:
    code = code_of(content)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert normalized(swapped) in ({code} if swapped == code else {None})


@pytest.mark.parametrize("typed", ["", "0", "0000-0000-0000", "0000-0000-0000-0-0", "ÄÖÜ0-0000-0000-0", "\0" * 13])
def test_what_is_no_code_finds_nothing(typed: str) -> None:
    assert normalized(typed) is None


def test_letters_that_look_like_digits_are_read_as_those() -> None:
    assert normalized("O000-ooo0-0000-o") == "0000000000000"
    assert normalized("liL1 1111 1111 " + CHECKS[int("1" * 12, 32) % 37]) is not None
