"""How mastery is decided: pure functions on frozen dataclasses, without Django, database or clock."""
