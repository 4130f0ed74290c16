"""Random small programs and learners with everything that `audit@2` added, with exceptions and facts."""

from dataclasses import dataclass, replace
from random import Random

from programs.audit.rules.context import NEWEST, Method
from programs.audit.rules.facts import Facts
from programs.audit.rules.requirements import Condition, Kind, ListCap, MetBy, Operator, Requirement, ShareCap, Unit
from programs.rules.attainments import Attainment, AttainmentKind, Basis, ExceptionKind, RequirementException
from tests.programs.audit_trees import COMPETENCIES, Case, TreeMaker

UNITS = list(Unit)


@dataclass(frozen=True)
class Case2(Case):
    exceptions: tuple[RequirementException, ...]
    facts: Facts


def case_2_of(seed: int, method: Method = NEWEST) -> Case2:
    """The case with this number, audited by a method; the same everywhere."""
    return _Maker2(Random(seed)).case_2(method)  # noqa: S311 - cases are to be repeatable


class _Maker2(TreeMaker):
    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.leaves = random.randint(2, 4)

    def case_2(self, method: Method) -> Case2:
        drawn = self.case()
        tree = self.ruled(drawn.tree)
        attainments = tuple(self.changed(a) for a in drawn.attainments)
        exceptions = tuple(self.exception(f"e{number}", tree, attainments) for number in range(self.some(0, 0, 1, 2)))
        context = replace(drawn.context, method=method)
        facts = Facts.of([("intake", self.some(2025, 2026))] if self.chance(0.7) else [])
        return Case2(tree, attainments, context, exceptions, facts)

    def some(self, *values: int) -> int:
        return self.random.choice(values)

    def ruled(self, node: Requirement) -> Requirement:
        children = tuple(self.ruled(child) for child in node.children)
        node = replace(node, children=children)
        if children and self.chance(0.35):
            node = replace(node, exclusive=True)
        below = [inner.id for inner in node.walk() if inner is not node]
        if len(children) > 1 and self.chance(0.25):
            one, other = self.random.sample(children, 2)
            first, second = self.random.choice(list(one.walk())).id, self.random.choice(list(other.walk())).id
            unit = self.random.choice(UNITS)
            most = self.some(0, 1, 2) if unit is Unit.COUNT else self.some(0, 200, 350)
            node = replace(node, share_caps=(ShareCap(first, second, most, unit),))
        if self.chance(0.2):
            node = replace(node, max_listed=(self.list_cap(),))
        if below and self.chance(0.15):
            node = replace(node, min_pieces=self.some(1, 2, 3))
        if self.chance(0.1):
            node = replace(node, excludes=(self.random.choice(COMPETENCIES),))
        if node.kind is Kind.PROGRAM and children:
            node = replace(node, met_by=self.random.choice(list(MetBy)))
        if self.chance(0.25):
            names = (self.random.choice(COMPETENCIES), "*") if self.chance(0.3) else (self.random.choice(COMPETENCIES),)
            node = replace(node, credit_table=tuple(sorted((name, self.credits(4)) for name in names)))
        if node.level and self.chance(0.5):
            node = replace(node, scale="s")
        if node.kind is Kind.ALL and 1 <= len(children) <= 2 and self.chance(0.25):
            condition = Condition("intake", Operator.AT_LEAST, (self.some(2026, 2027),))
            node = replace(node, kind=Kind.IF, condition=condition, share_caps=())
        return node

    def list_cap(self) -> ListCap:
        names = tuple(self.random.sample(COMPETENCIES, self.some(1, 2)))
        unit = self.random.choice(UNITS)
        return ListCap(names, self.some(0, 1, 2) if unit is Unit.COUNT else self.some(100, 300, 500), unit)

    def changed(self, a: Attainment) -> Attainment:
        if self.chance(0.3):
            a = replace(a, scale=self.random.choice(["s", "t"]))
        if self.chance(0.2):
            a = replace(a, conversions=(("s", self.some(1, 2, 3)),))
        if a.level is None and self.chance(0.3):
            a = replace(a, without_level=True)
        if a.competency and not a.piece and self.chance(0.2):
            a = replace(a, piece=f"mastery:{a.competency}")
        if a.kind in {AttainmentKind.MILESTONE, AttainmentKind.QUANTITY}:
            a = replace(a, basis=self.random.choice([Basis.ASSESSED_HERE, Basis.TRANSFER]))
        return a

    def exception(self, name: str, tree: Requirement, attainments: tuple[Attainment, ...]) -> RequirementException:
        return RequirementException(
            name,
            self.random.choice(list(ExceptionKind)),
            self.random.choice(list(tree.walk())).id,
            attainment=self.random.choice(attainments).id,
            competency=self.random.choice(COMPETENCIES),
            approved=self.chance(0.5),
        )
