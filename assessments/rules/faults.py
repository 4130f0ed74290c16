"""What can be wrong with a policy or an observation; `assessments/words.py` puts the codes into words."""

from config.base.faults import FaultyError


class PolicyError(FaultyError):
    """A policy that cannot decide anything."""


class ObservationError(FaultyError):
    """Observations that contradict themselves, each other, or the scale that they name."""
