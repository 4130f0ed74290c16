"""`python -m tests.peers`: how our engines answer what peers have published; ends with 1 where a reason is missing."""

import sys

from tests.peers import canvas, mitxonline, moodle
from tests.peers.facts import Fact, findings, table


def all_facts() -> list[Fact]:
    """Return the facts of all peers."""
    return [*canvas.facts(), *moodle.facts(), *mitxonline.facts()]


def main() -> int:
    """Print the table."""
    found = findings(all_facts())
    sys.stdout.write("\n".join([*table(found), ""]))
    return int(any(it.answer is not None and not it.equal and not it.fact.differs for it in found))


if __name__ == "__main__":
    sys.exit(main())
