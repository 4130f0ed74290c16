"""Mastery as pure functions of evidence, policy and two instants."""
