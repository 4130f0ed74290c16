"""Credit of single pieces of study and requirements, each counted once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class CountedCredit:
    """Credit (hundredths) that counts once, wherever it counts: of a piece of study, or of a requirement.

    `thing` names it in all programs: a piece of study has one name wherever it counts, whatever the method of the
    audit, so that a total over programs has it once. `piece` is its name within this program, by its method. `subject`
    is its competency, or empty. *Attempted*, *earned* and *awarded* are defined in
    `programs.pathway.labels.CREDIT_DEFINITIONS`.
    """

    thing: str
    piece: str
    key: str
    title: str
    subject: str
    attempted: int
    earned: int
    awarded: int = 0


def named_apart(lines: Iterable[CountedCredit]) -> tuple[CountedCredit, ...]:
    """Return the lines with a name of their own each, so that a total by names has all of them.

    In `audit@1` a recognition counts besides mastery of its competency: two pieces of one name elsewhere.
    """
    named: dict[str, CountedCredit] = {}
    for line in lines:
        thing = line.piece if line.thing in named else line.thing
        named[thing] = line if thing == line.thing else replace(line, thing=thing)
    return tuple(named.values())


def each_piece_once(lines: Iterable[CountedCredit]) -> tuple[CountedCredit, ...]:
    """Return each piece once, where it brings most; of equals the first in the order of the tree."""
    best: dict[str, CountedCredit] = {}
    for line in lines:
        known = best.get(line.piece)
        if known is None or (line.earned, line.attempted) > (known.earned, known.attempted):
            best[line.piece] = line
    return tuple(best.values())
