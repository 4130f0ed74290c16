"""The figures of a program for one learner: the competencies asked for and how each is met, credits, and milestones.

Pathway, desk, certificate, transcript and API take their figures from here, so that none of them counts by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from programs.audit.rules.completion.eligible_pieces import piece_of
from programs.audit.rules.context import Method
from programs.audit.rules.counted_credit import CountedCredit, each_piece_once, named_apart
from programs.audit.rules.report_rows import Use
from programs.audit.rules.requirements import Kind, Requirement
from programs.rules.attainments import Attainment, AttainmentKind, ExceptionKind, RequirementException

INSIDE = "/"
"""As `programs.audit.queries.trees.INSIDE`, which rules do not import."""


class Way(StrEnum):
    """How a requirement is met. Where one competency is asked for twice, the last of its ways in this order is said."""

    MASTERED = "mastered"
    RECOGNISED = "recognised"
    SUBSTITUTED = "substituted"
    WAIVED = "waived"
    FORCED = "forced"


WAYS = tuple(Way)
BY_EXCEPTION = frozenset({Way.SUBSTITUTED, Way.WAIVED, Way.FORCED})
"""Where one of these met a requirement, its own level was not what counted: no page says that it was reached."""


@dataclass(frozen=True, slots=True)
class AskedCompetency:
    """A competency that the chosen way through a program asks for; `way` is None while it is not met.

    `key` is the key of its leaf, with those of the program nodes around it before it. `level` is the rank that nodes
    above require; the policy of the leaf may ask for more.
    """

    key: str
    competency: str
    title: str
    level: int
    policy: str
    way: Way | None


@dataclass(frozen=True, slots=True)
class AskedMilestone:
    """A milestone or a quantity that is asked for. Amounts are hundredths, both 0 where it is not counted."""

    key: str
    milestone: str
    title: str
    asked: int
    reached: int
    on: date | None
    way: Way | None
    met: bool


@dataclass(frozen=True, slots=True)
class AskedProgram:
    """A stacked program that is asked for: met by an award or by its own requirements, else `excused` by an exception.

    Where an exception alone makes it met, nobody completed it: no figure counts it as completed.
    """

    key: str
    completed: bool
    excused: Way | None


@dataclass(frozen=True, slots=True)
class ProgramFigures:
    """All figures of one program for one learner. Credits are hundredths.

    `asked_credits` are those of the chosen way through the program, without what an exception left out. `programs` has
    the stacked programs that are asked for.
    """

    competencies: tuple[AskedCompetency, ...] = ()
    milestones: tuple[AskedMilestone, ...] = ()
    credit: tuple[CountedCredit, ...] = ()
    asked_credits: int = 0
    programs: tuple[AskedProgram, ...] = ()

    @property
    def ways(self) -> dict[str, Way | None]:
        """How each competency is met, by public id; each once, and unmet where one of its requirements is."""
        found: dict[str, Way | None] = {}
        for asked in self.competencies:
            if asked.competency in found:
                found[asked.competency] = _least(found[asked.competency], asked.way)
            else:
                found[asked.competency] = asked.way
        return found

    @property
    def asked_count(self) -> int:
        """The number of different competencies that are asked for."""
        return len(self.ways)

    @property
    def met_count(self) -> int:
        """The number of different competencies that are met, in whatever way."""
        return sum(way is not None for way in self.ways.values())

    def count(self, way: Way) -> int:
        """Return the number of different competencies that are met in this way."""
        return sum(found is way for found in self.ways.values())

    @property
    def completed_count(self) -> int:
        """The number of stacked programs that are completed, without those that an exception excuses."""
        return sum(it.completed for it in self.programs)

    def excused_count(self, way: Way) -> int:
        """Return the number of stacked programs that an exception of this kind excuses."""
        return sum(it.excused is way for it in self.programs)

    @property
    def attempted(self) -> int:
        """Attempted credits."""
        return sum(it.attempted for it in self.credit)

    @property
    def earned(self) -> int:
        """Earned credits."""
        return sum(it.earned for it in self.credit)

    @property
    def awarded(self) -> int:
        """Awarded credits."""
        return sum(it.awarded for it in self.credit)


def _least(one: Way | None, other: Way | None) -> Way | None:
    if one is None or other is None:
        return None
    return max(one, other, key=WAYS.index)


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What an audit or a decision says of one node: whether it is met, and its credits (hundredths)."""

    counted_on: bool
    met: bool
    attempted: int
    earned: int
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Counting:
    """A tree with what counts in it.

    `tree` applies to the enrollment (its conditions are decided), `nodes` has every node of it, `attainments` all that
    count, by id. `awards` are the figures of the awards that meet program nodes, by the id of their attainment.
    """

    program: str
    tree: Requirement
    method: Method
    nodes: Mapping[str, NodeFacts]
    attainments: Mapping[str, Attainment]
    exceptions: Iterable[RequirementException]
    on: date
    awards: Mapping[str, ProgramFigures]


def figures_of(counting: Counting) -> ProgramFigures:
    """Return the figures of a program: all parts of the chosen way through its tree, each once.

    What lies below a program that an award meets is as that award decided it.
    """
    walk = _Walk(counting, excused_nodes(counting.tree, counting.exceptions, on=counting.on))
    walk.visit(counting.tree, counting.program, "", 0)
    return ProgramFigures(
        tuple(walk.competencies),
        tuple(walk.milestones),
        named_apart(each_piece_once(walk.credit)),
        max(0, walk.asked(counting.tree) - walk.overlap()),
        tuple(walk.programs),
    )


def with_award(figures: ProgramFigures, *, program: str, credit: int | None) -> ProgramFigures:
    """Return the figures of a granted award: its credit (hundredths) is awarded, however much its pieces bring.

    Pieces are awarded in the order of the tree. What the award brings beyond them is a thing of its own, without title.
    """
    left, lines = credit or 0, []
    for line in figures.credit:
        given = min(left, line.earned)
        left -= given
        lines.append(replace(line, awarded=given))
    if left:
        lines.append(CountedCredit(f"{program}:", f"{program}:", "", "", "", left, left, left))
    return replace(figures, credit=tuple(lines))


EXCUSING = {ExceptionKind.WAIVE: Way.WAIVED, ExceptionKind.FORCE_COMPLETE: Way.FORCED}
"""The exceptions by which a requirement, with all below it, needs nothing."""


def excused_nodes(tree: Requirement, exceptions: Iterable[RequirementException], *, on: date) -> dict[str, Way]:
    """Return the nodes that need nothing by an exception in force, with those below them; forced before waived."""
    found: dict[str, Way] = {}
    if not exceptions:
        return found
    by_id = {node.id: node for node in tree.walk()}
    for decision in exceptions:
        way, top = EXCUSING.get(decision.kind), by_id.get(decision.node)
        if way is None or top is None or decision.pending or not decision.in_force(on):
            continue
        for node in top.walk():
            found[node.id] = max(found.get(node.id, way), way, key=WAYS.index)
    return found


def way_of(uses: Iterable[Use], attainments: Mapping[str, Attainment], excused: Way | None) -> Way:
    """Return how a node that is met is met: by what counts there, else by the exception that excuses it."""
    ways = [_way_of_use(use, attainments[use.attainment]) for use in uses if use.attainment in attainments]
    return max(ways, key=WAYS.index, default=excused or Way.WAIVED)


def _way_of_use(use: Use, attainment: Attainment) -> Way:
    if use.exception:
        return Way.SUBSTITUTED
    return Way.RECOGNISED if attainment.kind is AttainmentKind.RECOGNITION else Way.MASTERED


class _Walk:
    """One walk through a tree, parents first; each list is in the order of the tree."""

    def __init__(self, counting: Counting, excused: Mapping[str, Way]) -> None:
        self.counting = counting
        self.excused = excused
        self.competencies: list[AskedCompetency] = []
        self.milestones: list[AskedMilestone] = []
        self.credit: list[CountedCredit] = []
        self.programs: list[AskedProgram] = []

    def visit(self, node: Requirement, program: str, inside: str, level: int, *, credit: bool = True) -> None:
        """Add what is at a node and below it. `inside` is the prefix of the keys of the program around it.

        `credit` is false below a group that has credit for all of its parts.
        """
        facts, level = self.counting.nodes[node.id], max(level, node.level)
        if node.kind is Kind.PROGRAM and facts.counted_on:
            excused = self.excused.get(node.id) if facts.met and not facts.uses else None
            self.programs.append(AskedProgram(node.id, facts.met and excused is None, excused))
        key = node.id.removeprefix(inside)
        if node.kind is Kind.PROGRAM and facts.uses:
            self._through(node, facts, credit=credit)
            return
        if node.leaf:
            if facts.counted_on:
                self._asked(node, facts, level)
            if credit:
                self._credit_of_leaf(node, facts, program, key)
            return
        if credit and node.nominal:
            attempted = max(facts.attempted, facts.earned) if facts.counted_on else facts.attempted
            self._add(f"{program}:{key}", node, "", attempted, facts.earned if facts.counted_on else 0)
            credit = False
        stacked = node.kind is Kind.PROGRAM
        for child in node.children:
            below = (node.names[0], f"{node.id}{INSIDE}") if stacked else (program, inside)
            self.visit(child, *below, level, credit=credit)

    def _asked(self, node: Requirement, facts: NodeFacts, level: int) -> None:
        way = way_of(facts.uses, self.counting.attainments, self.excused.get(node.id)) if facts.met else None
        if node.kind is Kind.COMPETENCY and node.names:
            self.competencies.append(AskedCompetency(node.id, node.names[0], node.title, level, node.policy, way))
        elif node.kind in {Kind.MILESTONE, Kind.QUANTITY} and facts.counted_on:
            records = [self.counting.attainments[use.attainment] for use in facts.uses
                       if use.attainment in self.counting.attainments]  # fmt: skip
            days = [record.achieved_on for record in records if record.achieved_on is not None]
            reached, last = sum(record.quantity for record in records), max(days, default=None)
            asked = AskedMilestone(node.id, node.names[0], node.title, node.min_quantity, reached, last, way, facts.met)
            self.milestones.append(asked)

    def _through(self, node: Requirement, facts: NodeFacts, *, credit: bool) -> None:
        """Add what lies inside a program that attainments meet without its tree."""
        lower = next((self.counting.awards[use.attainment] for use in facts.uses
                      if use.attainment in self.counting.awards), ProgramFigures())  # fmt: skip
        if facts.counted_on:
            prefix = f"{node.id}{INSIDE}"
            self.competencies += [replace(it, key=f"{prefix}{it.key}") for it in lower.competencies]
            self.milestones += [replace(it, key=f"{prefix}{it.key}") for it in lower.milestones]
            self.programs += [replace(it, key=f"{prefix}{it.key}") for it in lower.programs]
        if not credit:
            return
        named = {line.piece: line for line in lower.credit}
        for use in facts.uses:
            if not use.credits:
                continue
            piece = self._piece(use.attainment)
            known = named.get(piece)
            earned = use.credits if facts.counted_on else 0
            if known is not None:
                self.credit.append(
                    replace(
                        known, key=node.id, attempted=use.credits, earned=earned, awarded=min(known.awarded, earned)
                    )
                )
            else:
                award = use.attainment in self.counting.awards
                thing = f"{node.names[0]}:" if award else piece_of(self.counting.attainments[use.attainment])
                self.credit.append(CountedCredit(thing, piece, node.id, node.title, "", use.credits, earned))

    def _credit_of_leaf(self, node: Requirement, facts: NodeFacts, program: str, key: str) -> None:
        """Add the credit of each piece at a leaf, and what is attempted there besides."""
        earned = facts.earned if facts.counted_on else 0
        listed = 0
        for use in facts.uses if earned else ():
            attainment = self.counting.attainments.get(use.attainment)
            if attainment is None or not use.credits:
                continue
            thing, piece, subject = piece_of(attainment), self._piece(use.attainment), attainment.competency
            self.credit.append(CountedCredit(thing, piece, node.id, node.title, subject, use.credits, use.credits))
            listed += use.credits
        attempted = max(facts.attempted, earned) - listed
        if attempted > 0:
            self._add(f"{program}:{key}", node, "", attempted, max(earned - listed, 0))

    def _add(self, thing: str, node: Requirement, subject: str, attempted: int, earned: int) -> None:
        if attempted or earned:
            piece = f"node:{node.id}:{thing}"
            self.credit.append(CountedCredit(thing, piece, node.id, node.title, subject, attempted, earned))

    def _piece(self, name: str) -> str:
        attainment = self.counting.attainments[name]
        if self.counting.method is Method.ONE:
            return attainment.piece or f"/{name}"
        return piece_of(attainment)

    def asked(self, node: Requirement) -> int:
        """Return the credits (hundredths) that the chosen way asks for at a node, without what is left out."""
        facts = self.counting.nodes[node.id]
        if not facts.counted_on or (node.id in self.excused and not facts.earned):
            return 0
        if node.kind is Kind.PROGRAM and facts.uses:
            return sum(use.credits for use in facts.uses)
        if node.nominal:
            # A credit transfer may bring less than the competency that it meets; nothing more is asked for then.
            return min(node.nominal, facts.earned) if node.leaf and facts.met else node.nominal
        if node.kind is Kind.CREDITS:
            return facts.earned if node.id in self.excused else node.min_credits
        if node.leaf:
            return facts.earned
        below = sum(map(self.asked, node.children))
        return below if node.id in self.excused else max(below, node.min_credits)

    def overlap(self) -> int:
        """Return the credits of pieces that count at several leaves, beyond their one value."""
        return sum(it.earned for it in self.credit) - sum(it.earned for it in each_piece_once(self.credit))
