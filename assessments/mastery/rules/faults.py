"""The errors of policies and observations; `formats/fault_messages.py` puts their codes into words."""

from core.text.faults import FaultyError


class PolicyError(FaultyError):
    """A policy that cannot decide anything."""


class ObservationError(FaultyError):
    """Observations that contradict themselves, each other, or the scale that they name."""
