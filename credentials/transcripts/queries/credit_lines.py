"""The credit lines of awards, and the names under which credit counts once."""

from collections.abc import Iterator
from decimal import Decimal

from credentials.transcripts.rules import NOTHING, CreditLine
from programs.audit.queries.trees import tree_of
from programs.audit.rules import requirements as rules
from programs.awards.queries.facts import facts_of
from programs.awards.rules import AwardFacts
from programs.models import Attribution, Award
from programs.rules.attainments import AttainmentKind

HUNDREDTH = Decimal("0.01")


def lines_of_award(award: Award, facts: AwardFacts) -> Iterator[CreditLine]:
    """The credit lines of an award: one for each requirement, piece at a credits leaf, or credit transfer that counted.

    An award of a lower program is replaced by its own lines, so that credit has one name wherever it counts.
    """
    lines: list[CreditLine] = []
    titles = {found.requirement: found.code or found.statement for found in facts.competencies}
    pieces = {(found.requirement, found.id): found.code or found.statement for found in facts.competencies}
    collecting = _collecting(award)
    rows: dict[str, list[Attribution]] = {}
    for row in award.attributions.order_by("position"):
        rows.setdefault(row.requirement_key, []).append(row)
    for key, at_key in rows.items():
        lower = [row for row in at_key if row.kind == AttainmentKind.AWARD]
        found = Award.objects.filter(public_id__in=[row.subject_id for row in lower]).select_related("program_version")
        if lower and len(found) == len(lower):
            for below in found:
                lines += lines_of_award(below, facts_of(below))
            continue
        lines += [
            credit_line(
                _thing(facts.program, row, collects=key in collecting),
                pieces.get((key, str(row.subject_id))) or titles.get(key, key),
                facts.credit_unit,
                row.credits,
                awarded=True,
            )
            for row in at_key
            if row.credits
        ]
    listed = sum((line.awarded for line in lines), NOTHING)
    if facts.credits is not None and facts.credits > listed:  # credit that groups bear, not single pieces
        rest = facts.credits - listed
        lines.append(credit_line(f"{facts.program}:", facts.title, facts.credit_unit, rest, awarded=True))
    yield from lines


def _collecting(award: Award) -> frozenset[str]:
    """The keys of the award's credits leaves: several pieces of study may count at each of them."""
    version = award.program_version
    if version is None or version.content is None:
        return frozenset()
    return frozenset(node.id for node in tree_of(version).walk() if collects_pieces(node))


def collects_pieces(node: rules.Requirement) -> bool:
    """Whether the node is a credits leaf, at which several pieces of study may count."""
    return node.leaf and node.kind is rules.Kind.CREDITS


def _thing(program: str, row: Attribution, *, collects: bool) -> str:
    """The name of what credit is for: a requirement of its own program, a piece at a credits leaf, or a transfer."""
    if row.kind == AttainmentKind.RECOGNITION:
        return f"recognition:{row.subject_id}"
    return (
        piece_name(program, row.requirement_key, str(row.subject_id))
        if collects
        else f"{program}:{row.requirement_key}"
    )


def piece_name(program: str, key: str, competency: str) -> str:
    """The name of one piece of study at a credits leaf.

    Without the competency all pieces at the leaf would be one thing, and figures would keep the largest alone.
    """
    return f"{program}:{key}:{competency}"


def credit_line(counts: str, title: str, unit: str, worth: Decimal, *, awarded: bool) -> CreditLine:
    """The line of credit for `counts`: attempted and earned, and awarded where an award has it."""
    amount = worth.quantize(HUNDREDTH)
    return CreditLine(counts, title, unit, amount, amount, amount if awarded else NOTHING)
