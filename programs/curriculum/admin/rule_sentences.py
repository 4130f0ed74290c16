"""The rules of a requirement in sentences: sharing, lists, counts, exclusions, conditions, and what meets a program."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from programs.audit.labels import condition_in_words
from programs.audit.rules.qualifiers import Qualifiers
from programs.curriculum.queries.outlines import OutlineNode
from programs.curriculum.queries.rule_labels import (
    excludes_in_words,
    list_cap_in_words,
    pieces_in_words,
    share_cap_in_words,
)
from programs.models import MetBy, Sharing

BOTH = 2


def rule_facts(node: OutlineNode, unit: str, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield the rules of a node as sentences; `titles` are of all nodes, by key."""
    row, rules = node.row, Qualifiers.read(node.row.qualifiers)
    if len(node.children) > 1 and row.sharing == Sharing.EXCLUSIVE:
        yield _("Each piece of study counts toward one of these only")
    if len(node.children) > 1 and row.sharing == Sharing.SHARED:
        yield _("A piece of study may count toward several of these")
    for cap in rules.share_caps:
        yield share_cap_in_words(cap, unit, titles)
    if rules.min_pieces:
        yield pieces_in_words(rules.min_pieces)
    for listed in rules.max_listed:
        yield list_cap_in_words(listed, unit, node.names)
    if rules.excludes:
        yield excludes_in_words(rules.excludes, node.names)
    if row.met_by == MetBy.TREE:
        yield _("Met by its requirements, whether it was awarded or not")
    if row.met_by == MetBy.EITHER:
        yield _("Met by its award or by its requirements")
    if node.unfilled:
        yield _("No competency is worth credit here: only credit transfer fills it")


def condition_asked(node: OutlineNode, parts: Sequence[str]) -> str:
    """Return what a condition asks for: one part, else the other. `parts` are their titles."""
    condition = Qualifiers.read(node.row.qualifiers).condition
    if condition is None or not parts:
        return _("Nothing is asked for here yet")
    arguments = {"condition": condition_in_words(condition, node.names), "then": parts[0]}
    if len(parts) < BOTH:
        return _("If the %(condition)s: “%(then)s”; otherwise nothing") % arguments
    return _("If the %(condition)s: “%(then)s”; otherwise “%(else)s”") % {**arguments, "else": parts[1]}
