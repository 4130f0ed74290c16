"""Programs of 60 nodes and learners with 120 attainments, for measuring the audit: ordinary ones and contested ones."""

from random import Random

from programs.audit.rules.requirements import Kind, Requirement, SourceCap
from programs.rules.attainments import Attainment, Basis

COMPETENCIES = 80
ATTAINMENTS = 120
BLOCKS = 11
LEAVES = 48
ORDINARY = (
    "ordinary: 11 blocks, every fourth a choice of all but one; 48 leaves, 70 % competencies accepting 2 of 80, the "
    "rest 6.00 of 6; program minimum 90.00; attainments of 3.00 on random competencies, a quarter below level 1"
)
CONTESTED = (
    "contested: the same blocks, a third with a minimum of 12.00 to 24.00, transfer caps on half of them and on the "
    "program, its minimum 160.00 to 240.00; six kinds of unequal credits, 45 % transferred; kept where bounds differ"
)


def ordinary(seed: int) -> tuple[Requirement, list[Attainment]]:
    """Plenty of equal pieces, no caps: what most programs look like."""
    random = Random(seed)  # noqa: S311 - repeatable
    blocks = [_block(random, number, caps=False) for number in range(BLOCKS)]
    tree = Requirement("program", Kind.ALL, children=tuple(blocks), min_credits=9000)
    return tree, [_attainment(random, number, [300], transferred=0.0) for number in range(ATTAINMENTS)]


def contested(seed: int) -> tuple[Requirement, list[Attainment]]:
    """Unequal indivisible pieces under caps, with minima near what can be reached."""
    random = Random(seed)  # noqa: S311 - repeatable
    blocks = [_block(random, number, caps=True) for number in range(BLOCKS)]
    tree = Requirement(
        "program",
        Kind.ALL,
        children=tuple(blocks),
        min_credits=random.randrange(16000, 24000, 50),
        max_source=(SourceCap(Basis.TRANSFER, random.randrange(6000, 9000, 50)),),
    )
    sizes = [150, 250, 300, 400, 450, 700]
    return tree, [_attainment(random, number, sizes, transferred=0.45) for number in range(ATTAINMENTS)]


def _block(random: Random, number: int, *, caps: bool) -> Requirement:
    size = LEAVES // BLOCKS + (number < LEAVES % BLOCKS)
    leaves = tuple(_leaf(random, f"b{number}-{leaf}") for leaf in range(size))
    choice = number % 4 == 0
    capped = caps and random.random() < 0.5
    return Requirement(
        f"b{number}",
        Kind.CHOOSE if choice else Kind.ALL,
        children=leaves,
        n=size - 1 if choice else 0,
        min_credits=random.randrange(1200, 2400, 50) if caps and number % 3 == 0 else 0,
        max_source=(SourceCap(Basis.TRANSFER, random.randrange(500, 1500, 50)),) if capped else (),
    )


def _leaf(random: Random, name: str) -> Requirement:
    def some(count: int) -> tuple[str, ...]:
        return tuple(f"c{random.randrange(COMPETENCIES)}" for _ in range(count))

    if random.random() < 0.7:
        return Requirement(name, Kind.COMPETENCY, accepts=some(2), nominal=300, level=1)
    return Requirement(name, Kind.CREDITS, accepts=some(6), min_credits=600)


def _attainment(random: Random, number: int, sizes: list[int], *, transferred: float) -> Attainment:
    return Attainment(
        id=f"a{number}",
        competency=f"c{random.randrange(COMPETENCIES)}",
        credits=random.choice(sizes),
        level=random.randrange(4),
        basis=Basis.TRANSFER if random.random() < transferred else Basis.ASSESSED_HERE,
    )
