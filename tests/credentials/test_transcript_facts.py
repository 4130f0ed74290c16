"""The facts of a transcript: how credits add up, and that JSON keeps all of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.canonical import canonical
from credentials.transcripts.formats.transcript_json import read_transcript, transcript_as_json
from credentials.transcripts.rules import CreditFigures, CreditLine, figures_of
from tests.credentials.printed import line, program, transcript

AMOUNTS = st.integers(0, 3000).map(lambda hundredths: Decimal(hundredths) / 100)
LINES = st.lists(
    st.builds(
        CreditLine, st.sampled_from("abcde"), st.just(""), st.sampled_from(["ECTS", "h"]), AMOUNTS, AMOUNTS, AMOUNTS
    )
)


def figures(attempted: str, earned: str, awarded: str) -> CreditFigures:
    return CreditFigures("ECTS", Decimal(attempted), Decimal(earned), Decimal(awarded))


def test_a_requirement_that_counts_in_two_programs_counts_once_in_all() -> None:
    shared, own, other = line("shared", "6.00", awarded=True), line("own", "4.00"), line("other", "5.00", earned=False)
    facts = transcript(programs=(program(credit_lines=(shared, own)), program(credit_lines=(shared, other))))

    assert figures_of((shared, own)) == (figures("10.00", "10.00", "6.00"),)
    assert figures_of((shared, other)) == (figures("11.00", "6.00", "6.00"),)
    assert facts.totals == (figures("15.00", "10.00", "6.00"),)


def test_units_are_never_mixed() -> None:
    hours = CreditLine("a", "", "hours", Decimal(40), Decimal(40), Decimal(0))

    assert [found.unit for found in figures_of((line("a", "6.00"), hours))] == ["ECTS", "hours"]


@given(LINES)
def test_what_is_listed_again_or_in_another_order_adds_nothing(lines: list[CreditLine]) -> None:
    assert figures_of(lines + lines) == figures_of(lines)
    assert figures_of(reversed(lines)) == figures_of(lines)


@given(LINES, LINES)
def test_programs_together_are_never_more_than_their_sum(first: list[CreditLine], second: list[CreditLine]) -> None:
    together = {found.unit: found.earned for found in figures_of(first + second)}
    apart: dict[str, Decimal] = {}
    for found in (*figures_of(first), *figures_of(second)):
        apart[found.unit] = apart.get(found.unit, Decimal(0)) + found.earned

    assert all(together[unit] <= apart[unit] for unit in together)


def test_json_keeps_every_fact() -> None:
    facts = transcript()

    assert read_transcript(transcript_as_json(facts)) == facts


def test_json_has_a_canonical_form_and_names_the_totals() -> None:
    told = transcript_as_json(transcript())

    assert canonical(told)
    assert told["credits"] == [{"unit": "ECTS", "attempted": "7.50", "earned": "7.50", "awarded": "7.50"}]


def test_another_format_is_not_read() -> None:
    with pytest.raises(ValueError, match="cairn-transcript@9"):
        read_transcript({**transcript_as_json(transcript()), "format": "cairn-transcript@9"})
