"""What the programs app decides: pure functions on frozen dataclasses."""
