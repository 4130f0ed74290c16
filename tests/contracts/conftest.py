"""The people of the permission matrix."""

from tests.contracts.people import clients, people, sample

__all__ = ["clients", "people", "sample"]
