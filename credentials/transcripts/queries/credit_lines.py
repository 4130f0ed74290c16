"""The credit lines of a transcript: what counts once in the figures of a program, with its title and unit."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from credentials.transcripts.rules import CreditLine
from programs.audit.rules.figures import ProgramFigures

HUNDREDTH = Decimal("0.01")
NO_TITLES: Mapping[tuple[str, str], str] = {}


def credit_lines(
    figures: ProgramFigures, *, unit: str, title: str, titles: Mapping[tuple[str, str], str] = NO_TITLES
) -> Iterator[CreditLine]:
    """Yield a line for each thing that counts once.

    `title` is that of the program, for credit that an award brings beyond its pieces. `titles` are those of pieces, by
    the key of the requirement and the competency.
    """
    for line in figures.credit:
        yield CreditLine(
            line.thing,
            titles.get((line.key, line.subject)) or line.title or title,
            unit,
            _amount(line.attempted),
            _amount(line.earned),
            _amount(line.awarded),
        )


def _amount(hundredths: int) -> Decimal:
    return (Decimal(hundredths) / 100).quantize(HUNDREDTH)
