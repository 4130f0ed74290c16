"""The mastery of a parent competency, decided from its children's: all of them, or points with required ones."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from assessments.rules.decisions import MasteryDecision, State
from assessments.rules.exact import rounded
from assessments.rules.faults import ObservationError
from assessments.rules.periods import Period, joined, last_day_of
from assessments.rules.policies import ChildTerms, ParentPolicy
from config.base.faults import Fault


@dataclass(frozen=True, slots=True)
class Child:
    """One child competency, decided by `decide` or `decide_parent` for the parent's own day and knowledge."""

    competency: str
    scale: str
    level: int | None
    state: State
    periods: tuple[Period, ...]
    holds_until: date | None

    @classmethod
    def of(cls, competency: str, scale: str, decision: "MasteryDecision | ParentDecision") -> "Child":
        """The child as its parent needs it."""
        return cls(competency, scale, decision.level, decision.state, decision.periods, decision.holds_until)

    def holds_on(self, day: date) -> bool:
        """Mastery of the child holds on `day`."""
        return any(period.covers(day) for period in self.periods)


class ChildReason(StrEnum):
    """Why a child adds nothing."""

    WITHOUT_TERMS = "without_terms"
    NOT_MASTERED = "not_mastered"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


WHY_LEFT_OUT = {
    State.NONE: ChildReason.NOT_MASTERED,
    State.BELOW: ChildReason.NOT_MASTERED,
    State.LAPSED: ChildReason.LAPSED,
    State.WITHDRAWN: ChildReason.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class ChildLeftOut:
    """A child that adds nothing, and why."""

    competency: str
    reason: ChildReason


@dataclass(frozen=True, slots=True)
class ParentWorkings:
    """How the answer came about: points earned (one a child under `all@1`), points asked for, what is missing.

    `missing` are children that the policy cannot do without (all of them, or the required ones) and that are not
    mastered, by name, including required ones that are not among the children any more.
    """

    exact: Fraction
    needed: Decimal
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParentDecision:
    """The answer of `decide_parent()`; members of one name mean what they mean in MasteryDecision.

    `score` is points earned by mastered children. `holds_until` is the first day on which the decision of a child that
    has terms turns: nothing here differs before, and on that day the parent is to be decided again.
    """

    score: Decimal
    level: int | None
    state: State
    mastered_on: date | None
    ended_on: date | None
    holds_until: date | None
    used: tuple[str, ...]
    left_out: tuple[ChildLeftOut, ...]
    periods: tuple[Period, ...]
    workings: ParentWorkings

    @property
    def mastered(self) -> bool:
        """Mastery holds."""
        return self.state is State.MASTERED

    @property
    def valid_until(self) -> date | None:
        """The last day on which this mastery holds as now known; None is open, or not mastered."""
        return last_day_of(self.periods, self.mastered_on) if self.mastered else None


def decide_parent(policy: ParentPolicy, children: Iterable[Child], *, as_of: date) -> ParentDecision:
    """What `policy` says of `children`, each decided as of `as_of` and as known at one instant.

    - MASTERED: the children that are mastered satisfy the policy; `mastered_on` begins the unbroken period in which the
      children's periods do.
    - LAPSED: they did on an earlier day, and the children that are mastered or lapsed would.
    - WITHDRAWN: neither, and the children that are mastered, lapsed or withdrawn would, one at least withdrawn.
    - NONE: every child with terms is NONE; BELOW otherwise.

    The level is the highest that enough mastered children have reached: the lowest of all under `all@1`. A child on
    another scale counts for mastery, and never for a level. A parent without children is never mastered.
    Raises ObservationError when one competency is given twice, differently.
    """
    given = _distinct(children)
    family = _Family(policy, _terms(policy, given), given)
    period = family.last_period(as_of)
    state = family.state(period)
    shown = period if state in {State.MASTERED, State.LAPSED} else None
    mastered = family.names_in(State.MASTERED)
    exact = family.points(mastered)
    turns = (child.holds_until for child in family.counted.values() if child.holds_until is not None)
    return ParentDecision(
        score=rounded(exact),
        level=family.level(),
        state=state,
        mastered_on=None if shown is None else shown.began_on,
        ended_on=shown.ended_on if shown is not None and state is State.LAPSED else None,
        holds_until=min(turns, default=None),
        used=tuple(sorted(mastered)),
        left_out=family.left_out(mastered),
        periods=family.periods,
        workings=ParentWorkings(exact, family.needed, family.missing(mastered)),
    )


def _distinct(children: Iterable[Child]) -> dict[str, Child]:
    """Every child once, by name, sorted."""
    given: dict[str, Child] = {}
    for child in children:
        if given.setdefault(child.competency, child) != child:
            raise ObservationError(Fault("children", "same_child_differs", {"given": child.competency}))
    return dict(sorted(given.items()))


def _terms(policy: ParentPolicy, given: Mapping[str, Child]) -> dict[str, ChildTerms]:
    """The terms by competency; under `all@1` each child is required and worth one point."""
    if policy.method == "all@1":
        return {name: ChildTerms(name, required=True) for name in given}
    return {terms.competency: terms for terms in policy.terms}


@dataclass(frozen=True)
class _Family:
    """A parent's policy, its terms, and the children as they were decided."""

    policy: ParentPolicy
    terms: Mapping[str, ChildTerms]
    given: Mapping[str, Child]

    @cached_property
    def counted(self) -> dict[str, Child]:
        return {name: child for name, child in self.given.items() if name in self.terms}

    @property
    def needed(self) -> Decimal:
        return Decimal(len(self.terms)) if self.policy.points_needed is None else self.policy.points_needed

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The periods in which enough children are within theirs."""
        held = [period for child in self.counted.values() for period in child.periods]
        turns = {period.began_on for period in held} | {period.ended_on for period in held}
        return joined(
            (day, self.satisfied_by(name for name, child in self.counted.items() if child.holds_on(day)))
            for day in sorted(day for day in turns if day is not None)
        )

    def names_in(self, *states: State) -> frozenset[str]:
        return frozenset(name for name, child in self.counted.items() if child.state in states)

    def points(self, names: Iterable[str]) -> Fraction:
        return sum((Fraction(self.terms[name].points) for name in names), Fraction(0))

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        return tuple(sorted(name for name, terms in self.terms.items() if terms.required and name not in names))

    def satisfied_by(self, mastered: Iterable[str]) -> bool:
        """The children of those names are enough."""
        names = frozenset(mastered)
        return bool(names) and not self.missing(names) and rounded(self.points(names)) >= self.needed

    def last_period(self, day: date) -> Period | None:
        return next((period for period in reversed(self.periods) if period.began_on <= day), None)

    def state(self, period: Period | None) -> State:
        """The parent's state, `period` being the latest that began."""
        if self.satisfied_by(self.names_in(State.MASTERED)):
            return State.MASTERED
        if period is not None and self.satisfied_by(self.names_in(State.MASTERED, State.LAPSED)):
            return State.LAPSED
        withdrawn = self.names_in(State.WITHDRAWN)
        if withdrawn and self.satisfied_by(withdrawn | self.names_in(State.MASTERED, State.LAPSED)):
            return State.WITHDRAWN
        return State.NONE if self.names_in(State.NONE) == self.counted.keys() else State.BELOW

    def level(self) -> int | None:
        levels = {
            name: child.level
            for name, child in self.counted.items()
            if child.state is State.MASTERED and child.scale == self.policy.scale and child.level is not None
        }
        ranks = sorted(set(levels.values()), reverse=True)
        enough = (rank for rank in ranks if self.satisfied_by(name for name in levels if levels[name] >= rank))
        return next(enough, None)

    def left_out(self, used: Collection[str]) -> tuple[ChildLeftOut, ...]:
        return tuple(
            ChildLeftOut(name, WHY_LEFT_OUT[child.state] if name in self.terms else ChildReason.WITHOUT_TERMS)
            for name, child in self.given.items()
            if name not in used
        )
