"""The inputs of an audit that come from the installation, not from the tree or the learner."""

from dataclasses import dataclass

from programs.rules.attainments import Basis


@dataclass(frozen=True, slots=True)
class Context:
    """Settings that are the same for all audits of an installation.

    `awards_required`: a *program* node is met by a valid award only. When its tree is complete and the award is not
    granted yet, it costs `awaiting` (hundredths). False is for the time before awards exist. `here` are the bases that
    count as earned at this institution.
    """

    awards_required: bool = True
    awaiting: int = 1
    here: frozenset[Basis] = frozenset({Basis.ASSESSED_HERE})
