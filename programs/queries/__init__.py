"""What pages, the desk and the actions read."""

from programs.queries.attainments import attainments_of, exceptions_of
from programs.queries.audits import audit_of, progress_of, shown_audit, standing_of, standings_of
from programs.queries.award_facts import facts_of
from programs.queries.closest import Closest, closest_among, closest_of
from programs.queries.enrollment_facts import EnrollmentFacts, enrollments_of, own_enrollment_and_news
from programs.queries.next_steps import NextStep, next_steps
from programs.queries.outlines import OutlineNode, competencies_matching, competencies_named, outline_of
from programs.queries.pathways import Brought, Pathway, PathwayNode, brought_to, pathway_of, pathway_with
from programs.queries.trees import Found, findings_of, named_in, showable_competencies, tree_of

__all__ = [
    "Brought",
    "Closest",
    "EnrollmentFacts",
    "Found",
    "NextStep",
    "OutlineNode",
    "Pathway",
    "PathwayNode",
    "attainments_of",
    "audit_of",
    "brought_to",
    "closest_among",
    "closest_of",
    "competencies_matching",
    "competencies_named",
    "enrollments_of",
    "exceptions_of",
    "facts_of",
    "findings_of",
    "named_in",
    "next_steps",
    "outline_of",
    "own_enrollment_and_news",
    "pathway_of",
    "pathway_with",
    "progress_of",
    "showable_competencies",
    "shown_audit",
    "standing_of",
    "standings_of",
    "tree_of",
]
