"""What pages, the desk and the actions read."""

from programs.queries.trees import Found, findings_of, named_in, showable_competencies, tree_of

__all__ = ["Found", "findings_of", "named_in", "showable_competencies", "tree_of"]
