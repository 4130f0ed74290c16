"""Mastery: policies, the decision as pure rules, and the stored rows that follow the evidence."""
