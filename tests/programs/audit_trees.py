"""Random small programs and learners, with everything the audit decides switched on."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from programs.audit.rules.context import Context, Method
from programs.audit.rules.requirements import Kind, Requirement, SourceCap
from programs.rules.attainments import Attainment, AttainmentKind, Basis

TODAY = date(2026, 11, 22)
COMPETENCIES = "abcd"
LEAVES, ATTAINMENTS = 5, 4


@dataclass(frozen=True)
class Case:
    tree: Requirement
    attainments: tuple[Attainment, ...]
    context: Context


def case_of(seed: int) -> Case:
    """The case with this number; the same everywhere."""
    return TreeMaker(Random(seed)).case()  # noqa: S311 - cases are to be repeatable


class TreeMaker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.leaves = random.randint(2, LEAVES)
        self.made = 0

    def case(self) -> Case:
        tree = self.group(0, self.leaves)
        attainments = tuple(self.attainment(f"t{number}") for number in range(self.random.randint(1, ATTAINMENTS)))
        programs = [node for node in tree.walk() if node.kind is Kind.PROGRAM]
        if programs and self.chance(0.4):
            attainments = (*attainments[: ATTAINMENTS - 1], self.award(self.random.choice(programs), attainments))
        return Case(tree, attainments, Context(Method.ONE, awards_required=self.chance(0.5)))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def name(self, kind: str) -> str:
        self.made += 1
        return f"{kind}{self.made}"

    def group(self, depth: int, leaves: int) -> Requirement:
        name = self.name("g")
        kind = (
            Kind.ALL
            if depth == 0 and self.chance(0.5)
            else self.random.choice([Kind.ALL, Kind.ALL, Kind.CHOOSE, Kind.CHOOSE, Kind.PROGRAM, Kind.CREDITS])
        )
        children = []
        while leaves:
            part = self.random.randint(1, leaves)
            nested = part > 1 and depth < 2
            part = part if nested else 1
            children.append(self.group(depth + 1, part) if nested else self.leaf())
            leaves -= part
        self.random.shuffle(children)
        return self.qualified(
            Requirement(
                id=name,
                kind=kind,
                children=tuple(children),
                n=self.random.randint(0 if self.chance(0.1) else 1, len(children)) if kind is Kind.CHOOSE else 0,
                min_credits=self.credits(12) if kind is Kind.CREDITS or self.chance(0.6) else 0,
                nominal=self.credits(6) if depth and self.chance(0.12) else 0,
            )
        )

    def qualified(self, node: Requirement) -> Requirement:
        return replace(
            node,
            level=self.random.randint(1, 3) if self.chance(0.1) else 0,
            within_days=self.random.choice([30, 100]) if self.chance(0.08) else None,
            earned_here=self.credits(5) if self.chance(0.15) else 0,
            max_source=(SourceCap(Basis.TRANSFER, self.credits(8)),) if self.chance(0.35) else (),
        )

    def leaf(self) -> Requirement:
        kind = self.random.choices(
            [Kind.COMPETENCY, Kind.CREDITS, Kind.MILESTONE, Kind.QUANTITY, Kind.PROGRAM], [10, 6, 1, 1, 1]
        )[0]
        accepts = tuple(self.random.sample(COMPETENCIES, self.random.randint(1, 3)))
        node = Requirement(id=self.name("n"), kind=kind, nominal=self.credits(5) if self.chance(0.7) else 0)
        if kind is Kind.COMPETENCY:
            node = replace(node, accepts=accepts, policy="p" if self.chance(0.1) else "")
        elif kind is Kind.CREDITS:
            accepts = ("*",) if self.chance(0.1) else accepts
            node = replace(node, accepts=accepts, min_credits=self.credits(8), nominal=0)
        elif kind is Kind.QUANTITY:
            node = replace(node, accepts=("hours",), min_quantity=self.random.choice([300, 700]))
        elif kind is Kind.MILESTONE:
            node = replace(node, accepts=("viva",))
        return self.qualified(node) if self.chance(0.3) else node

    def credits(self, most: int) -> int:
        return 100 * self.random.randint(1, most) + (self.random.choice([0, 0, 0, 50, 33]))

    def attainment(self, name: str) -> Attainment:
        kind = self.random.choices(
            [AttainmentKind.MASTERY, AttainmentKind.RECOGNITION, AttainmentKind.MILESTONE, AttainmentKind.QUANTITY],
            [12, 4, 1, 1],
        )[0]
        age = self.random.choice([5, 50, 300, None])
        made = Attainment(
            id=name,
            kind=kind,
            level=self.random.choice([None, 1, 2, 3, 3]),
            achieved_on=None if age is None else TODAY - timedelta(days=age),
            valid_until=self.random.choice([None] * 9 + [TODAY, TODAY + timedelta(days=7)]),
            basis=self.random.choice([Basis.ASSESSED_HERE, Basis.ASSESSED_HERE, Basis.TRANSFER, Basis.EXTERNAL]),
        )
        if kind is AttainmentKind.MILESTONE:
            return replace(made, ref="viva")
        if kind is AttainmentKind.QUANTITY:
            return replace(made, ref="hours", quantity=self.random.choice([100, 250, 400]))
        competency = self.random.choice(COMPETENCIES)
        by_leaf = self.chance(0.25)
        return replace(
            made,
            competency=competency,
            credits=None if by_leaf else self.credits(6),
            piece=competency if by_leaf and self.chance(0.5) else "",
            policy=self.random.choice(["", "p"]),
        )

    def award(self, program: Requirement, attainments: tuple[Attainment, ...]) -> Attainment:
        spent = tuple(a.id for a in attainments if self.chance(0.5))
        return Attainment(
            id="w",
            kind=AttainmentKind.AWARD,
            ref=program.id,
            credits=self.credits(6),
            achieved_on=TODAY - timedelta(days=20),
            spent=spent if self.chance(0.7) else (),
        )
