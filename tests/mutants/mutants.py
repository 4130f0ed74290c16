"""What a mutant is: one guard less, in the code or in the database."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is taken away."""

    GUARD = "guard"  # `if …: raise` of an action, a query, a format or a rule does nothing
    CHECK = "check"  # a call made only because it may raise is left out
    EDGE = "edge"  # a predicate answers True, or a page, an endpoint or the admin refuses nobody
    RULE = "rule"  # a comparison, `and`, `or` or `not` of a rule is turned round
    CONSTRAINT = "constraint"  # a named constraint is dropped from the test database
    TRIGGER = "trigger"  # a trigger is dropped from the test database


@dataclass(frozen=True)
class Mutant:
    """One change, and the names by which tests that ought to notice it are found.

    In code, bytes `start` to `end` of the file at `path` become `text`. In the database, `sql` is run on every test
    database. `key` is the same from run to run as long as the place itself does not change: line numbers are not in it.
    `name` is the key without the folder: a module that moves keeps its place in the draw.
    """

    kind: Kind
    key: str
    name: str
    app: str
    path: str  # of the module, or of the model's module: where relevant tests are looked for
    names: frozenset[str]
    start: int = 0
    end: int = 0
    text: str = ""
    sql: str = ""
    line: int = 0
