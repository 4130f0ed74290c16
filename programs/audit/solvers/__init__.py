"""Exact solvers behind the protocol that the audit's rules are handed; imported lazily, in workers."""
