"""Printed codes: what is typed finds one code or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.rules.codes import (
    ALPHABET,
    BYTES,
    CHECKS,
    EXAMPLE,
    LENGTH,
    code_of,
    in_groups,
    normalized,
    normalized_serial,
)

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


@given(randomness)
def test_new_codes_end_in_no_sign_that_people_leave_out(content: bytes) -> None:
    assert code_of(content)[-1] in ALPHABET


def test_the_printed_example_is_well_formed_and_never_drawn() -> None:
    number = 0
    for letter in EXAMPLE[:LENGTH]:
        number = number * 32 + ALPHABET.index(letter)

    drawn = code_of((number << BYTES * 8 - LENGTH * 5).to_bytes(BYTES))

    assert normalized(in_groups(EXAMPLE)) == EXAMPLE
    assert drawn != EXAMPLE


@pytest.mark.parametrize("sign", CHECKS[len(ALPHABET) :])
def test_codes_of_before_that_end_in_such_a_sign_stay_valid(sign: str) -> None:
    number = CHECKS.index(sign)
    code = "0" * 10 + ALPHABET[number // 32] + ALPHABET[number % 32] + sign

    assert normalized(in_groups(code).lower()) == code


@given(
    randomness, st.sampled_from("\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\u00a0\u202f\u2007 \u200b\ufeff\u00ad\ufe0f")
)
def test_a_code_is_read_with_any_dash_blank_or_invisible_character(content: bytes, sign: str) -> None:
    code = code_of(content)

    assert normalized(f"\u00a0{in_groups(code).replace('-', sign).lower()}\u200e") == code
    assert normalized_serial(f"t{sign}{in_groups(code).replace('-', sign)}") == f"T{code}"


@pytest.mark.parametrize("typed", ["", "0", "0000-0000-0000", "0000-0000-0000-0-0", "ÄÖÜ0-0000-0000-0", "\0" * 13])
def test_what_is_no_code_finds_nothing(typed: str) -> None:
    assert normalized(typed) is None


def test_letters_that_look_like_digits_are_read_as_those() -> None:
    assert normalized("O000-ooo0-0000-o") == "0000000000000"
    assert normalized("liL1 1111 1111 " + CHECKS[int("1" * 12, 32) % 37]) is not None
