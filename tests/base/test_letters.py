"""What people wrote stands on paper as text, and stays in its place."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from config.base.letters import MOST_MARKS, TURNING, printable

PERSIAN = "می\u200cخواهم"  # noqa: RUF001 - Persian, with the joiner that keeps it apart


def test_an_override_turns_nothing_around() -> None:
    assert printable("Ada \u202eecalevoL\u202c") == "Ada ecalevoL"


def test_a_tower_of_marks_is_cut() -> None:
    assert printable("Z" + "\u0302" * 100 + "\u0323" * 100 + "oe") == "Ẓ" + "\u0323" * 2 + "\u0302" * 2 + "oe"


def test_marks_of_ordinary_names_stay() -> None:
    names = ("Nguyễn Thị Ngọc", "שָׁלוֹם", "น้ำผึ้ง", "བསྒྲུབས", "श्रीमती त्रिपाठी")

    assert [printable(name) for name in names] == [unicodedata.normalize("NFC", name) for name in names]


def test_joiners_stay() -> None:
    assert printable(PERSIAN) == PERSIAN


def test_lines_and_controls_become_blanks() -> None:
    assert printable("Ada\u2028King\x00 \t Noel") == "Ada King Noel"


@given(st.text())
def test_whatever_was_written_is_one_line_without_turns_or_towers(text: str) -> None:
    shown = printable(text)

    assert printable(shown) == shown
    assert not TURNING & set(shown)
    assert "\n" not in shown
    marks = 0
    for letter in shown:
        marks = marks + 1 if unicodedata.category(letter) in {"Mn", "Me"} else 0
        assert marks <= MOST_MARKS
