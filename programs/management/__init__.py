"""Operator's commands of the programs app."""
