"""The inputs of an audit that come from the installation, not from the tree or the learner."""

from dataclasses import dataclass
from enum import StrEnum

from programs.rules.attainments import Basis


class Method(StrEnum):
    """The meaning of an audit. Decision records name it; a method never changes once records name it."""

    ONE = "audit@1"
    TWO = "audit@2"


@dataclass(frozen=True, slots=True)
class Context:
    """Settings that are the same for all audits of an installation.

    `awards_required`: a *program* node is met by a valid award only, unless the node says otherwise. When its tree is
    complete and the award is not granted yet, it costs `awaiting` (hundredths). False is for the time before awards
    exist. `here` are the bases that count as earned at this institution. `method` is the meaning of the audit.
    """

    awards_required: bool = True
    awaiting: int = 1
    here: frozenset[Basis] = frozenset({Basis.ASSESSED_HERE})
    method: Method = Method.ONE
