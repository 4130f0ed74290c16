"""The mastery of a parent competency, decided from the mastery of its children: all of them, or points."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.faults import ObservationError
from assessments.mastery.rules.later_members import LATER
from assessments.mastery.rules.policies import ChildTerms, ParentPolicy, RuleStrength
from assessments.mastery.rules.rounding import rounded
from assessments.mastery.rules.validity import Period, joined, last_day_of
from assessments.rules.mastery_states import MasteryState
from core.text.faults import Fault


@dataclass(frozen=True, slots=True)
class Child:
    """One child competency, decided by `decide` or `decide_parent` for the same day and instant as the parent."""

    competency: str
    scale: str
    level: int | None
    state: MasteryState
    periods: tuple[Period, ...]
    holds_until: date | None

    @classmethod
    def of(cls, competency: str, scale: str, decision: "MasteryDecision | ParentDecision") -> "Child":
        """Return the part of a child's decision that its parent needs."""
        return cls(competency, scale, decision.level, decision.state, decision.periods, decision.holds_until)

    def holds_on(self, day: date) -> bool:
        """Return whether mastery of the child holds on `day`."""
        return any(period.covers(day) for period in self.periods)


class ChildReason(StrEnum):
    """Why a child adds nothing to its parent."""

    WITHOUT_TERMS = "without_terms"
    NOT_MASTERED = "not_mastered"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


WHY_LEFT_OUT = {
    MasteryState.NONE: ChildReason.NOT_MASTERED,
    MasteryState.BELOW: ChildReason.NOT_MASTERED,
    MasteryState.LAPSED: ChildReason.LAPSED,
    MasteryState.WITHDRAWN: ChildReason.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class ChildLeftOut:
    """A child that adds nothing, and the reason."""

    competency: str
    reason: ChildReason


@dataclass(frozen=True, slots=True)
class ParentWorkings:
    """The values from which the decision was made: points earned (one for each child under `all@1`) and points needed.

    `missing` are the names of children that must be mastered (all, or the required ones) and are not, including
    required ones that are not children of the parent any more.
    """

    exact: Fraction
    needed: Decimal
    missing: tuple[str, ...]


class RuleOutcome(StrEnum):
    """What follows from a rule that is met and does not complete the parent."""

    LOGGED = "logged"
    RECOMMENDED = "recommended"


OUTCOMES = {RuleStrength.LOG: RuleOutcome.LOGGED, RuleStrength.RECOMMEND: RuleOutcome.RECOMMENDED}


@dataclass(frozen=True, slots=True)
class ParentDecision:
    """The result of `decide_parent()`. Members mean the same as those of this name in MasteryDecision.

    `score` is the points earned by mastered children. `holds_until` is the first day on which the decision of a child
    with terms changes: until then nothing here changes, and on that day the parent has to be decided again.
    `outcome` is a RuleOutcome where the children meet a rule that does not complete the parent, "" elsewhere.
    """

    score: Decimal
    level: int | None
    state: MasteryState
    mastered_on: date | None
    ended_on: date | None
    holds_until: date | None
    used: tuple[str, ...]
    left_out: tuple[ChildLeftOut, ...]
    periods: tuple[Period, ...]
    workings: ParentWorkings
    outcome: str = field(default="", metadata=LATER)

    @property
    def mastered(self) -> bool:
        """Return whether mastery holds."""
        return self.state is MasteryState.MASTERED

    @property
    def valid_until(self) -> date | None:
        """Return the last day on which this mastery holds as now known; None if it is open, or not mastered."""
        return last_day_of(self.periods, self.mastered_on) if self.mastered else None


def decide_parent(
    policy: ParentPolicy, children: Iterable[Child], *, as_of: date, own: MasteryDecision | None = None
) -> ParentDecision:
    """Decide by `policy` from `children`, each decided as of `as_of` and as known at the same instant.

    - MASTERED: the mastered children satisfy the policy; `mastered_on` is the first day of the unbroken period in which
      they do.
    - LAPSED: they did on an earlier day, and the mastered and lapsed children together would satisfy it.
    - WITHDRAWN: neither, and the mastered, lapsed and withdrawn children would, at least one of them withdrawn.
    - NONE: every child with terms is NONE; BELOW otherwise.

    The level is the highest that enough mastered children have reached: the lowest of all under `all@1`. A child on
    another scale counts for mastery, and never for a level. A parent without children is never mastered.

    A rule of another strength than COMPLETE decides no state. `own` is then the decision from evidence for the parent
    itself, by `policy.own`, and has the state; `outcome` tells that the rule is met, until a person has decided.
    Raises ObservationError when one competency appears twice with different values.
    """
    by_name = _distinct(children)
    family = _Family(policy, _terms(policy, by_name), by_name)
    period = family.last_period(as_of)
    state = family.state(period)
    shown = period if state in {MasteryState.MASTERED, MasteryState.LAPSED} else None
    mastered = family.names_in(MasteryState.MASTERED)
    exact = family.points(mastered)
    turns = (child.holds_until for child in family.with_terms.values() if child.holds_until is not None)
    decision = ParentDecision(
        score=rounded(exact),
        level=family.level(),
        state=state,
        mastered_on=None if shown is None else shown.began_on,
        ended_on=shown.ended_on if shown is not None and state is MasteryState.LAPSED else None,
        holds_until=min(turns, default=None),
        used=tuple(sorted(mastered)),
        left_out=family.left_out(mastered),
        periods=family.periods,
        workings=ParentWorkings(exact, family.needed, family.missing(mastered)),
    )
    return decision if policy.strength == RuleStrength.COMPLETE else _as_a_person_decides(policy, decision, own)


def _as_a_person_decides(policy: ParentPolicy, decision: ParentDecision, own: MasteryDecision | None) -> ParentDecision:
    """Return the decision with the state of `own`, and what follows from the rule that `decision` found met or not."""
    none = MasteryState.NONE if decision.state is MasteryState.NONE else MasteryState.BELOW
    state = none if own is None or own.state is MasteryState.NONE else own.state
    # A reviewer who found less than mastery has decided too: BELOW ends a recommendation as MASTERED does.
    decided = own is not None and own.state in {MasteryState.MASTERED, MasteryState.BELOW}
    met = decision.mastered and not decided
    turns = (decision.holds_until, None if own is None else own.holds_until)
    return replace(
        decision,
        level=None if own is None else own.level,
        state=state,
        mastered_on=None if own is None else own.mastered_on,
        ended_on=None if own is None else own.ended_on,
        holds_until=min((day for day in turns if day is not None), default=None),
        periods=() if own is None else own.periods,
        outcome=OUTCOMES[RuleStrength(policy.strength)].value if met else "",
    )


def _distinct(children: Iterable[Child]) -> dict[str, Child]:
    """Return every child once, by name, sorted."""
    by_name: dict[str, Child] = {}
    for child in children:
        # The same child twice is harmless; with two different decisions the result would depend on the order.
        if by_name.setdefault(child.competency, child) != child:
            raise ObservationError(Fault("children", "same_child_differs", {"given": child.competency}))
    return dict(sorted(by_name.items()))


def _terms(policy: ParentPolicy, children: Mapping[str, Child]) -> dict[str, ChildTerms]:
    """Return the terms by competency; under `all@1` each child is required and worth one point."""
    if policy.method == "all@1":
        return {name: ChildTerms(name, required=True) for name in children}
    return {terms.competency: terms for terms in policy.terms}


@dataclass(frozen=True)
class _Family:
    """The policy of a parent, its terms, and the children as they were decided."""

    policy: ParentPolicy
    terms: Mapping[str, ChildTerms]
    children: Mapping[str, Child]

    @cached_property
    def with_terms(self) -> dict[str, Child]:
        """Return the children that can add something: those with terms."""
        return {name: child for name, child in self.children.items() if name in self.terms}

    @property
    def needed(self) -> Decimal:
        """Return the points that the policy asks for."""
        return Decimal(len(self.terms)) if self.policy.points_needed is None else self.policy.points_needed

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Return the periods in which enough children are mastered."""
        # Whether enough are mastered can change only on days on which a period of a child begins or ends.
        child_periods = [period for child in self.with_terms.values() for period in child.periods]
        turns = {period.began_on for period in child_periods} | {period.ended_on for period in child_periods}
        return joined(
            (day, self.satisfied_by(name for name, child in self.with_terms.items() if child.holds_on(day)))
            for day in sorted(day for day in turns if day is not None)
        )

    def names_in(self, *states: MasteryState) -> frozenset[str]:
        """Return the names of the children with terms in one of these states."""
        return frozenset(name for name, child in self.with_terms.items() if child.state in states)

    def points(self, names: Iterable[str]) -> Fraction:
        """Return the points that these children are worth together."""
        return sum((Fraction(self.terms[name].points) for name in names), Fraction(0))

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the required children that are not among these names."""
        return tuple(sorted(name for name, terms in self.terms.items() if terms.required and name not in names))

    def satisfied_by(self, mastered: Iterable[str]) -> bool:
        """Return whether the policy is met when these children are mastered."""
        names = frozenset(mastered)
        # Rounded before it is compared, like every score: what is shown is what decides.
        return bool(names) and not self.missing(names) and rounded(self.points(names)) >= self.needed

    def last_period(self, day: date) -> Period | None:
        """Return the latest period that began by `day`."""
        return next((period for period in reversed(self.periods) if period.began_on <= day), None)

    def state(self, period: Period | None) -> MasteryState:
        """Return the state of the parent; `period` is the latest that has begun."""
        if self.satisfied_by(self.names_in(MasteryState.MASTERED)):
            return MasteryState.MASTERED
        if period is not None and self.satisfied_by(self.names_in(MasteryState.MASTERED, MasteryState.LAPSED)):
            return MasteryState.LAPSED
        # At least one must be withdrawn: without it, this is the question that LAPSED has answered.
        withdrawn = self.names_in(MasteryState.WITHDRAWN)
        if withdrawn and self.satisfied_by(withdrawn | self.names_in(MasteryState.MASTERED, MasteryState.LAPSED)):
            return MasteryState.WITHDRAWN
        return MasteryState.NONE if self.names_in(MasteryState.NONE) == self.with_terms.keys() else MasteryState.BELOW

    def level(self) -> int | None:
        """Return the highest rank that enough mastered children have reached."""
        levels = {
            name: child.level
            for name, child in self.with_terms.items()
            if child.state is MasteryState.MASTERED and child.scale == self.policy.scale and child.level is not None
        }
        # Only ranks that a child has reached can be the answer; the highest that suffices wins.
        ranks = sorted(set(levels.values()), reverse=True)
        enough = (rank for rank in ranks if self.satisfied_by(name for name in levels if levels[name] >= rank))
        return next(enough, None)

    def left_out(self, used: Collection[str]) -> tuple[ChildLeftOut, ...]:
        """Return the children that add nothing, with their reasons."""
        return tuple(
            ChildLeftOut(name, WHY_LEFT_OUT[child.state] if name in self.terms else ChildReason.WITHOUT_TERMS)
            for name, child in self.children.items()
            if name not in used
        )
