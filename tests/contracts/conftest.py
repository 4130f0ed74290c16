"""The people of the permission matrix."""

from tests.contracts.people import people, sample

__all__ = ["people", "sample"]
