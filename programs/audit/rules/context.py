"""The inputs of an audit that come from the installation, not from the tree or the learner."""

from dataclasses import dataclass
from enum import StrEnum

from programs.rules.attainments import Basis


class Method(StrEnum):
    """The meaning of an audit. Decision records name it; a method never changes once records name it."""

    ONE = "audit@1"
    TWO = "audit@2"
    THREE = "audit@3"

    @property
    def decides_sharing(self) -> bool:
        """Whether it decides what `audit@2` added: sharing, lists, conditions, scales and credit by mastery."""
        return self is not Method.ONE

    @property
    def counts_only_needed(self) -> bool:
        """Whether a group counts only what it needs, as from `audit@3` on; earlier methods count all that may count."""
        return self not in {Method.ONE, Method.TWO}

    @property
    def gives_reasons(self) -> bool:
        """Whether it tells of each attainment why it does not count, as from `audit@3` on."""
        return self.counts_only_needed

    @property
    def compares_words(self) -> bool:
        """Whether conditions compare texts whatever their case and blanks, as from `audit@3` on."""
        return self.counts_only_needed

    @property
    def shares_charges(self) -> bool:
        """Whether bounds charge new work that serves exclusive parts and other nodes once, as from `audit@3` on.

        The bound of `audit@2` can be too high there. Its decisions were made with it, so it stays as it is.
        """
        return self.counts_only_needed


NEWEST = Method.THREE
"""The method of all that is decided, published and tried from now on. Everything that means the newest asks this."""


@dataclass(frozen=True, slots=True)
class Context:
    """Settings that are the same for all audits of an installation.

    `method` is the meaning of the audit. `awards_required`: a *program* node is met by a valid award only, unless the
    node says otherwise. When its tree is complete and the award is not granted yet, it costs `awaiting` (hundredths).
    False is for the time before awards exist. `here` are the bases that count as earned at this institution.
    """

    method: Method
    awards_required: bool = True
    awaiting: int = 1
    here: frozenset[Basis] = frozenset({Basis.ASSESSED_HERE})
