"""Rules of the programs app that its tables need: pure functions on frozen dataclasses."""
