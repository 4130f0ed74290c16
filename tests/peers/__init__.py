"""The published semantics of peers, run through our own engines: `python -m tests.peers` prints where we differ."""
