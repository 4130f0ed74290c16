"""What an audit takes from the installation and the moment, beside tree and learner."""

from dataclasses import dataclass

from programs.rules.attainments import Basis


@dataclass(frozen=True, slots=True)
class Context:
    """What holds for all audits of an installation or moment, beside the tree.

    `awards_required`: a *program* node is met by a standing award only, and waits for it at the price of `awaiting`
    (hundredths) when its tree is complete; False is for the time before awards exist. `here` are the bases that count
    as earned here.
    """

    awards_required: bool = True
    awaiting: int = 1
    here: frozenset[Basis] = frozenset({Basis.ASSESSED_HERE})
