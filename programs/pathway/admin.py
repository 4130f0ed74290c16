"""A learner's audit for the desk: what counts, what does not and why, and what would complete the program."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programs.audit.labels import BASES, reason_in_words, rule_in_words, step_in_words
from programs.models import Enrollment
from programs.pathway.pages.conditions import conditions_of
from programs.pathway.pages.figures_view import figures_of_pathway
from programs.pathway.pages.outline import anchor_of
from programs.pathway.pages.pathway_view import amount, credit_in_words, entries_of, status_in_words, title_of
from programs.pathway.queries.pathway_nodes import PathwayNode
from programs.pathway.queries.pathways import DescribedAttainment, Pathway, described_attainments, pathway_of
from programs.rules.attainments import Basis


@dataclass(frozen=True)
class AuditSentence:
    """A sentence about a requirement, and the anchor of its place in the page."""

    anchor: str
    title: str
    words: str


def audit_of_enrollment(enrollment: Enrollment, *, at: datetime) -> dict[str, Any]:
    """Return the context of an enrollment's page about its audit at the instant `at`."""
    pathway = pathway_of(enrollment, at=at)
    described, status = described_attainments(pathway), pathway.facts.status(pathway.on)
    nodes = {node.key: node for node in pathway.root.walk()}
    return {
        "root": entries_of(pathway),
        "conditions": conditions_of(pathway),
        "figures": figures_of_pathway(pathway),
        "award": pathway.award,
        "met": pathway.root.met,
        "percent": pathway.audit.percent,
        "projected_percent": pathway.audit.projected_percent,
        "projected_met": pathway.audit.projected.met,
        "proven": pathway.audit.today.proven,
        "standing": status,
        "standing_words": status_in_words(status),
        "day": pathway.audited_on,
        "ended": pathway.enrollment.ended_on is not None,
        "counting": list(_counting(pathway, described)),
        "left": list(_left(pathway.root)),
        "refused": list(_refused(pathway, nodes, described)),
        "blocking": [
            rule_in_words(rule, title=title_of(nodes[rule.node]))
            for rule in pathway.audit.today.blocking
            if rule.node in nodes and rule.kind != "need"  # what is asked for stands among the steps
        ],
    }


def _counting(pathway: Pathway, described: Mapping[str, DescribedAttainment]) -> Iterator[AuditSentence]:
    """Yield the attainments that count, with their requirements."""
    for node in pathway.root.walk():
        for use in node.counts if not node.children else ():
            yield AuditSentence(
                anchor_of(node), title_of(node), attainment_in_words(described, use.attainment, use.credits)
            )


def attainment_in_words(described: Mapping[str, DescribedAttainment], attainment: str, credit: int = 0) -> str:
    """Return the text of an attainment, with its level, day, basis and credits where it has them."""
    row = described.get(attainment)
    if row is None:
        return attainment
    facts = [
        row.level,
        date_format(row.on, "DATE_FORMAT") if row.on else "",
        "" if row.basis is Basis.ASSESSED_HERE else _("by %(basis)s") % {"basis": BASES[row.basis]()},
        credit_in_words(credit) if credit else "",
    ]
    described_facts = ", ".join(fact for fact in facts if fact)
    return f"{row.title.removesuffix('.')}: {described_facts}" if described_facts else row.title


def _left(root: PathwayNode) -> Iterator[AuditSentence]:
    """Yield the steps of the cheapest completion, in the order of the tree."""
    for node in root.walk():
        for step in node.missing:
            title = title_of(node)
            words = step_in_words(step.missing, title=title, amount=amount(step.cost))
            level = _("at level %(level)s") % {"level": node.level_needed} if node.level_needed else ""
            yield AuditSentence(anchor_of(node), words, level)


def _refused(
    pathway: Pathway, nodes: Mapping[str, PathwayNode], described: Mapping[str, DescribedAttainment]
) -> Iterator[AuditSentence]:
    """Yield the attainments that do not count, with reasons; each sentence once."""
    sentences: dict[AuditSentence, None] = {}
    for refusal in pathway.audit.today.left_out:
        node, reason = nodes.get(refusal.node), reason_in_words(refusal.reason)
        words = _("%(reason)s, for %(title)s") % {"reason": reason, "title": title_of(node)} if node else reason
        sentences[
            AuditSentence(anchor_of(node) if node else "", attainment_in_words(described, refusal.attainment), words)
        ] = None
    yield from sentences
