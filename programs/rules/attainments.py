"""Attainments of a learner and exceptions by a registrar, as plain values for the audit."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Basis(StrEnum):
    """Where the learning was assessed. The order of the members is the order of preference."""

    ASSESSED_HERE = "assessed_here"
    PRIOR_LEARNING = "prior_learning"
    TRANSFER = "transfer"
    EXTERNAL = "external"


class AttainmentKind(StrEnum):
    """The kind of record that an attainment comes from."""

    MASTERY = "mastery"
    RECOGNITION = "recognition"
    AWARD = "award"
    MILESTONE = "milestone"
    QUANTITY = "quantity"


LEARNT = frozenset({AttainmentKind.MASTERY, AttainmentKind.RECOGNITION})
"""The kinds that are about a competency."""


@dataclass(frozen=True, slots=True)
class Attainment:
    """One thing that a learner achieved; the audit reads nothing else about a learner.

    `competency` is set for mastery and recognition. `ref` is set for the other kinds: the program awarded, the
    milestone reached, or the measure. `credits` and `quantity` are hundredths; credits of None are those of the leaf
    where it is used. It counts from `achieved_on` and before `valid_until`. Attainments with the same `piece` are one
    piece of learning (decided by several policies, or both achieved and planned); together they count once. `spent`
    names the attainments that an award used; they count wherever the award counts, also after they have lapsed.

    For `audit@2`: `scale` is the scale of `level`, and `conversions` are ranks that a registrar stated on other scales.
    `without_level`: a registrar accepted it without a level, with a reason. Recognitions without a `piece` of their own
    are the piece `mastery:<competency>`, so that a competency counts once.
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
    scale: str = ""
    conversions: tuple[tuple[str, int], ...] = ()
    without_level: bool = False

    @property
    def name(self) -> str:
        """The name that is compared with `accepts` of a leaf."""
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
    """A decision for one learner, in force from `starts_on` and before `ends_on`. It never makes a tree harder.

    *waive*: the node and everything below it need nothing, and give no credits. *force complete*: the same, and limits
    that are set there do not apply. *also allow*: the node accepts `competency` too. *substitute*: the node accepts
    `attainment`, whatever its competency, level, age and policy. *apply here*: among equally cheap completions, one
    that uses `attainment` at the node is taken.

    For `audit@2`: a substitute below the level counts only if the exception is `approved` by a second registrar. A
    `pending` exception waits for that approval and counts in the projection only.
    """

    id: str
    kind: ExceptionKind
    node: str
    attainment: str = ""
    competency: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    approved: bool = False
    pending: bool = False

    def in_force(self, on: date) -> bool:
        """Return whether the exception is in force on a day."""
        return (self.starts_on is None or self.starts_on <= on) and (self.ends_on is None or on < self.ends_on)
