"""A tree in sentences. The list and the picture of the authoring page are both made of these lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.audit.labels import BASES, FaultMessage
from programs.audit.rules.qualifiers import Qualifiers
from programs.audit.rules.requirements import ANYTHING
from programs.audit.rules.tree_faults import Finding
from programs.curriculum.admin.rule_sentences import condition_asked, rule_facts
from programs.curriculum.labels import finding_in_words
from programs.curriculum.queries.outlines import OutlineNode
from programs.curriculum.queries.rule_labels import amount_in_words, credit
from programs.models import ProgramVersion, RequirementKind
from programs.models.requirements import Origin

SIGNS = {
    RequirementKind.ALL: "tree",
    RequirementKind.CHOOSE: "tree",
    RequirementKind.CREDITS: "plus",
    RequirementKind.COMPETENCY: "check",
    RequirementKind.PROGRAM: "layers",
    RequirementKind.MILESTONE: "flag",
    RequirementKind.QUANTITY: "clock",
    RequirementKind.IF: "tree",
}


@dataclass(frozen=True)
class LineFault:
    """A fault of a requirement, to be mended before publishing."""

    code: str
    message: FaultMessage


@dataclass(frozen=True)
class Line:
    """One requirement: its title, its rule, its conditions, the policy that decides it, and its faults."""

    node: OutlineNode
    anchor: str
    title: str
    asks: str
    facts: tuple[str, ...]
    decided: str
    faults: tuple[LineFault, ...]
    children: tuple["Line", ...]

    @property
    def sign(self) -> str:
        """The name of the icon of its kind."""
        return SIGNS[RequirementKind(self.node.row.kind)]

    @property
    def holds(self) -> bool:
        """Whether it is drawn with its parts inside."""
        return bool(self.children) or self.node.group

    def walk(self) -> Iterator["Line"]:
        """Yield this line and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def lines_of(outline: OutlineNode, version: ProgramVersion) -> Line:
    """Return the whole tree as lines."""
    titles = {node.key: _title(node) for node in outline.walk()}
    return _line(outline, version.credit_unit, titles)


def _line(node: OutlineNode, unit: str, titles: Mapping[str, str]) -> Line:
    row = node.row
    inner = row.nested_version.credit_unit if row.nested_version else unit
    return Line(
        node=node,
        anchor="node-" + node.key.replace("/", "-"),
        title=_title(node),
        asks=_asks(node, unit),
        facts=(*_facts(node, unit), *rule_facts(node, unit, titles)),
        decided=_policy_words(node),
        faults=tuple(LineFault(finding.code, _fault_message(finding)) for finding in node.findings),
        children=tuple(_line(child, inner, titles) for child in node.children),
    )


def _fault_message(finding: Finding) -> FaultMessage:
    message = finding_in_words(finding)
    return FaultMessage("", message.what, message.mend)


def _title(node: OutlineNode) -> str:
    row = node.row
    if row.title or row.competency or row.nested_version or row.milestone:
        return str(row)
    if row.kind == RequirementKind.IF:
        return _("One or the other")
    return _("Free credits") if row.kind == RequirementKind.CREDITS and not node.group else _("A group without a name")


def _asks(node: OutlineNode, unit: str) -> str:
    row = node.row
    if row.kind == RequirementKind.ALL:
        return _all_asked(len(node.children))
    if row.kind == RequirementKind.CREDITS:
        return _credits_asked(node, amount_in_words(row.credits_least, unit))
    if row.kind == RequirementKind.IF:
        return condition_asked(node, [_title(child) for child in node.children])
    shown = _("Demonstrate it at %(level)s or above") if node.level else _("Demonstrate it, as its policy decides")
    words = {
        RequirementKind.CHOOSE: _("Complete %(n)d of these %(all)d"),
        RequirementKind.COMPETENCY: shown,
        RequirementKind.PROGRAM: _("Complete this program (version %(number)d)"),
        RequirementKind.MILESTONE: _("Reach this milestone"),
        RequirementKind.QUANTITY: _("Reach at least %(amount)s"),
    }
    return words[RequirementKind(row.kind)] % {
        "n": row.choose_count or 0,
        "all": len(node.children),
        "level": node.level,
        "number": row.nested_version.number if row.nested_version else 0,
        "amount": amount_in_words(row.quantity_least, row.milestone.unit if row.milestone else ""),
    }


def _all_asked(parts: int) -> str:
    if not parts:
        return _("Nothing is asked for here yet")
    return ngettext("Complete this one", "Complete all %(all)d of these", parts) % {"all": parts}


def _credits_asked(node: OutlineNode, amount: str) -> str:
    if node.accepts:
        if ANYTHING in node.accepts:
            return _("Earn at least %(amount)s from anything that is worth credit") % {"amount": amount}
        return _("Earn at least %(amount)s from: %(what)s") % {"amount": amount, "what": ", ".join(node.accepts)}
    return _("Earn at least %(amount)s from these") % {"amount": amount}


def _facts(node: OutlineNode, unit: str) -> Iterator[str]:
    row, narrowed = node.row, Qualifiers.read(node.row.qualifiers)
    if row.level is not None and row.kind != RequirementKind.COMPETENCY:
        yield _("Everything in it at %(level)s or above") % {"level": row.level.title}
    if row.credits:
        yield _("Worth %(amount)s") % {"amount": amount_in_words(row.credits, unit)}
    if row.credits_least and row.kind != RequirementKind.CREDITS:
        yield _("At least %(amount)s from these") % {"amount": amount_in_words(row.credits_least, unit)}
    if narrowed.within_days is not None:
        yield ngettext(
            "Work of the last %(days)d day counts", "Work of the last %(days)d days counts", narrowed.within_days
        ) % {"days": narrowed.within_days}
    if narrowed.earned_here:
        yield _("At least %(amount)s earned here") % {"amount": amount_in_words(credit(narrowed.earned_here), unit)}
    for cap in narrowed.max_source:
        arguments = {"amount": amount_in_words(credit(cap.most), unit), "basis": BASES[cap.basis]()}
        yield _("At most %(amount)s by %(basis)s") % arguments


def _policy_words(node: OutlineNode) -> str:
    """Return which policy decides a leaf, and where it was chosen.

    Empty inside a stacked program, which has its own page.
    """
    if node.inside or not node.origin:
        return ""
    if not node.policy:
        return _("Decided as Cairn does where nobody has chosen a policy")
    return _("Decided by the policy “%(policy)s”, chosen at: %(place)s") % {
        "policy": node.policy,
        "place": Origin(node.origin).label,
    }
