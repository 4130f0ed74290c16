"""What pages, the desk and the actions read."""

from programs.queries.attainments import attainments_of, exceptions_of
from programs.queries.audits import audit_of, progress_of, shown_audit, standing_of, standings_of
from programs.queries.award_facts import facts_of
from programs.queries.outlines import OutlineNode, competencies_matching, competencies_named, outline_of
from programs.queries.pathways import Closest, NextStep, Pathway, PathwayNode, closest_of, next_steps, pathway_of
from programs.queries.trees import Found, findings_of, named_in, showable_competencies, tree_of

__all__ = [
    "Closest",
    "Found",
    "NextStep",
    "OutlineNode",
    "Pathway",
    "PathwayNode",
    "attainments_of",
    "audit_of",
    "closest_of",
    "competencies_matching",
    "competencies_named",
    "exceptions_of",
    "facts_of",
    "findings_of",
    "named_in",
    "next_steps",
    "outline_of",
    "pathway_of",
    "progress_of",
    "showable_competencies",
    "shown_audit",
    "standing_of",
    "standings_of",
    "tree_of",
]
