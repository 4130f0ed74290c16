"""Tests of Cairn, in folders that mirror the apps."""

# Every package of ours, from the cellar to the roof.
PACKAGES = ("core", "accounts", "competencies", "assessments", "programs", "credentials", "portal", "config")
