"""Exact solvers behind the Protocol in `programs.rules.completion.answers`: jobs pass one, web requests pass none."""
