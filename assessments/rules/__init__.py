"""Rules that the tables themselves stand on: the states of mastery."""
