"""Reads that turn rows into what mastery rules take: policies in force, observations, stored mastery."""
