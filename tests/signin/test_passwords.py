"""The measures of weak passwords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.passwords import core_of, is_monotonous


@pytest.mark.parametrize(
    ("password", "core"),
    [
        ("password", "password"),
        ("Password-1234567!", "password"),
        ("Summer-2026-summer!", "summer"),
        ("sommersommersommer", "sommer"),
        ("x7$9!2@4#8%1", ""),
        ("seven quiet herons wade", "sevenquietheronswade"),
    ],
)
def test_decorations_come_off(password: str, core: str) -> None:
    assert core_of(password) == core


@given(st.text(alphabet="abcdefgh", min_size=4, max_size=12), st.integers(2, 4))
def test_writing_a_word_again_makes_no_other_word(word: str, times: int) -> None:
    assert core_of(word * times) == core_of(word)


def test_few_characters_are_monotonous() -> None:
    assert is_monotonous("121212121212")
    assert not is_monotonous("seven quiet herons")
