"""Texts for authors: findings of the linter, and refusals of actions."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext

from programs import labels
from programs.audit.labels import FACTS, FaultMessage, fault_message
from programs.audit.rules.tree_faults import Finding
from programs.curriculum.errors import TreeRefusedError


def finding_in_words(finding: Finding) -> FaultMessage:
    """Return the text of a finding, with the node as its place."""
    if finding.code not in WORDS:
        return fault_message(finding.node, finding.code, finding.values)
    values = dict(finding.values)
    if values.get("fact") in FACTS:
        values["fact"] = FACTS[values["fact"]]()
    what, mend = WORDS[finding.code]()
    return FaultMessage(finding.node, what % values, mend % values)


REFUSALS: Mapping[type[Exception], str | Promise | Any] = {
    **labels.REFUSALS,
    TreeRefusedError: lambda refusal: " ".join(str(finding_in_words(finding)) for finding in refusal.findings),
}


WORDS: Mapping[str, Callable[[], tuple[str, str]]] = {
    "sharing_undecided_exclusive": lambda: (
        gettext("One piece of study could count toward several of these parts: %(overlapping)s."),
        gettext("Say whether it may. Suggested here: each piece counts toward one part only."),
    ),
    "sharing_undecided_shared": lambda: (
        gettext("One piece of study could count toward several of these parts: %(overlapping)s."),
        gettext("Say whether it may. Suggested here: it may count toward all of them."),
    ),
    "list_below_minimum": lambda: (
        gettext(
            "At most %(most)s credits may come from the list, but %(asked)s are asked for and nothing else counts."
        ),
        gettext("Allow more from the list, or ask for fewer credits."),
    ),
    "list_below_pieces": lambda: (
        gettext("At most %(most)s of the list may count, but %(asked)s different ones are asked for."),
        gettext("Allow more from the list, or ask for fewer."),
    ),
    "pieces_out_of_reach": lambda: (
        gettext("%(asked)s different competencies are asked for, but only %(reach)s can count here."),
        gettext("Ask for fewer, or accept more competencies."),
    ),
    "unknown_fact": lambda: (
        gettext("The condition asks for “%(fact)s”, which no enrollment has."),
        gettext("Choose a fact from the list."),
    ),
    "fact_without_order": lambda: (
        gettext("“%(fact)s” has no order, so nothing can be on or after it."),
        gettext("Compare it with one value, or with several."),
    ),
    "fact_value_wrong": lambda: (
        gettext("“%(value)s” is no value for “%(fact)s”."),
        gettext("Write a day as 2026-09-01, or choose from the list."),
    ),
    "nothing_fills_it": lambda: (
        gettext(
            "Nothing can fill these credits: no competency is worth credit here, and credit transfer does not count."
        ),
        gettext(
            "Give competencies their credit (at a requirement, in the version's table or at the framework), or let "
            "credit transfer count."
        ),
    ),
    "credit_unclear": lambda: (
        gettext(
            "%(competencies)s is worth different credits at different requirements, so its credit here is not clear."
        ),
        gettext("Say in the version's table what it is worth, or give all its requirements the same credit."),
    ),
    "partner_awards": lambda: (
        gettext("%(organization)s is a partner, and a partner does not award."),
        gettext("Let the institution or one of its branches award this program."),
    ),
    "nobody_signs": lambda: (
        gettext("Nobody can sign for %(organization)s, so its awards would have no document."),
        gettext("Set up an issuer with a key for it, or for an organization above it."),
    ),
}
"""What is wrong and how to mend it, by code of a finding that the audit itself does not have."""
