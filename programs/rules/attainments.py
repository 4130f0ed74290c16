"""What a learner brings to an audit, and what a registrar decided about it, as plain values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Basis(StrEnum):
    """Where the learning was assessed; the order of the members is the order of preference."""

    ASSESSED_HERE = "assessed_here"
    PRIOR_LEARNING = "prior_learning"
    TRANSFER = "transfer"
    EXTERNAL = "external"


class AttainmentKind(StrEnum):
    """What an attainment rests on."""

    MASTERY = "mastery"
    RECOGNITION = "recognition"
    AWARD = "award"
    MILESTONE = "milestone"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Attainment:
    """One thing achieved: the only shape the audit reads.

    `competency` is set for mastery and recognition, `ref` for the rest: the program awarded, the milestone reached,
    what was measured. `credits` and `quantity` are hundredths; credits of None are those of the leaf it is used at.
    It counts from `achieved_on` and before `valid_until`. Attainments with the same `piece` are one piece of learning
    seen in several ways (by several policies, or now and as planned): together they count once. `spent` names the
    attainments an award used up; they count wherever the award counts, also after they lapsed.
    """

    id: str
    kind: AttainmentKind = AttainmentKind.MASTERY
    ref: str = ""
    competency: str = ""
    policy: str = ""
    piece: str = ""
    credits: int | None = None
    quantity: int = 0
    level: int | None = None
    achieved_on: date | None = None
    valid_until: date | None = None
    basis: Basis = Basis.ASSESSED_HERE
    organization: str = ""
    spent: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a leaf's `accepts` is compared with."""
        return self.competency if self.kind in {AttainmentKind.MASTERY, AttainmentKind.RECOGNITION} else self.ref


class ExceptionKind(StrEnum):
    """What a registrar may decide for one learner about one node."""

    WAIVE = "waive"
    SUBSTITUTE = "substitute"
    ALSO_ALLOW = "also_allow"
    APPLY_HERE = "apply_here"
    FORCE_COMPLETE = "force_complete"


@dataclass(frozen=True, slots=True)
class RequirementException:
    """A decision for one learner, in force from `starts_on` and before `ends_on`; it can only help.

    *waive*: node and everything below it need nothing, and it gives no credits. *force complete*: the same, and the
    qualifiers set there fall away. *also allow*: `competency` is accepted at the node too. *substitute*: `attainment`
    is accepted there whatever it shows, whatever its level, age and policy. *apply here*: where several completions
    are equally cheap, one that uses `attainment` at the node is taken.
    """

    id: str
    kind: ExceptionKind
    node: str
    attainment: str = ""
    competency: str = ""
    starts_on: date | None = None
    ends_on: date | None = None

    def in_force(self, on: date) -> bool:
        return (self.starts_on is None or self.starts_on <= on) and (self.ends_on is None or on < self.ends_on)
