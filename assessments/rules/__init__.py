"""The decision of mastery: pure functions on frozen dataclasses, without Django, database or clock."""
