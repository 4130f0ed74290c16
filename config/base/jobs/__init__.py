"""The outbox: work that a transaction promised, done once, whatever dies meanwhile."""
