"""Parents: all children, or points with required ones, held against a naive parent day by day."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.mastery.rules.decision_inputs import EvidenceSubject, ParentSubject, decide_subject
from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.faults import ObservationError
from assessments.mastery.rules.mastery import decide
from assessments.mastery.rules.parents import Child, ChildLeftOut, ChildReason, ParentDecision, decide_parent
from assessments.mastery.rules.policies import ChildTerms, ParentPolicy, Policy
from assessments.mastery.rules.validity import Period
from assessments.rules.mastery_states import MasteryState
from tests.assessments.mastery_cases import (
    FIRST_DAY,
    FIRST_INSTANT,
    LAST_TURN,
    SCALE,
    DrawnRow,
    fewer,
    ledger,
    many,
    moments,
    picks,
    piece,
    pieces,
    policies,
)

DAY = timedelta(days=1)
NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
MARCH, MAY, JUNE = date(2026, 3, 4), date(2026, 5, 4), date(2026, 6, 1)
ALL = ParentPolicy("all@1", SCALE.id)
TWO_POINTS = ParentPolicy(
    "points@1",
    SCALE.id,
    Decimal("2.00"),
    (
        ChildTerms("a", Decimal("1.50"), required=True),
        ChildTerms("b", Decimal("0.50")),
        ChildTerms("c", Decimal("1.00")),
    ),
)


def child(
    name: str, state: MasteryState = MasteryState.MASTERED, level: int | None = 3, *spells: tuple[date, date | None]
) -> Child:
    periods = spells or (((MARCH, None),) if state is MasteryState.MASTERED else ())
    return Child(name, SCALE.id, level, state, tuple(Period(*spell) for spell in periods), None)


def test_all_asks_for_every_child_and_reaches_the_lowest_level() -> None:
    decision = decide_parent(ALL, [child("a", level=4), child("b", MasteryState.MASTERED, 3, (MAY, None))], as_of=JUNE)

    assert (decision.state, decision.level, decision.mastered_on) == (MasteryState.MASTERED, 3, MAY)
    assert (decision.score, decision.used) == (Decimal("2.00"), ("a", "b"))


def test_one_child_short_is_below_and_named() -> None:
    decision = decide_parent(ALL, [child("a"), child("b", MasteryState.BELOW, 2)], as_of=JUNE)

    assert (decision.state, decision.level, decision.workings.missing) == (MasteryState.BELOW, None, ("b",))
    assert decision.left_out == (ChildLeftOut("b", ChildReason.NOT_MASTERED),)


def test_a_parent_without_children_is_never_mastered() -> None:
    assert decide_parent(ALL, [], as_of=JUNE).state is MasteryState.NONE


@pytest.mark.parametrize(
    ("mastered", "state", "score"),
    [
        ("ab", MasteryState.MASTERED, "2.00"),
        ("ac", MasteryState.MASTERED, "2.50"),
        ("a", MasteryState.BELOW, "1.50"),
        ("bc", MasteryState.BELOW, "1.50"),
    ],
)
def test_points_add_up_and_required_ones_cannot_be_replaced(mastered: str, state: MasteryState, score: str) -> None:
    children = [child(name, MasteryState.MASTERED if name in mastered else MasteryState.NONE) for name in "abc"]

    decision = decide_parent(TWO_POINTS, children, as_of=JUNE)

    assert (decision.state, decision.score) == (state, Decimal(score))


def test_points_reach_the_level_that_enough_children_reached() -> None:
    children = [child("a", level=4), child("b", level=4), child("c", level=2)]

    assert decide_parent(TWO_POINTS, children, as_of=JUNE).level == 4


def test_a_child_without_terms_adds_nothing_and_a_required_one_that_is_gone_is_missing() -> None:
    decision = decide_parent(TWO_POINTS, [child("b"), child("x")], as_of=JUNE)

    assert decision.left_out == (ChildLeftOut("x", ChildReason.WITHOUT_TERMS),)
    assert decision.workings.missing == ("a",)


def test_a_child_on_another_scale_counts_but_gives_no_level() -> None:
    decision = decide_parent(ALL, [child("a"), replace(child("b"), scale="another")], as_of=JUNE)

    assert (decision.state, decision.level) == (MasteryState.MASTERED, None)


def test_a_parent_lapses_with_its_child_and_remembers_when() -> None:
    lapsed = child("b", MasteryState.LAPSED, 3, (MARCH, JUNE))

    decision = decide_parent(ALL, [child("a"), lapsed], as_of=JUNE)

    assert (decision.state, decision.mastered_on, decision.ended_on) == (MasteryState.LAPSED, MARCH, JUNE)
    assert decision.valid_until is None
    assert decision.left_out == (ChildLeftOut("b", ChildReason.LAPSED),)


def test_a_parent_holds_from_the_day_on_which_the_last_child_does_through_the_day_before_the_first_ends() -> None:
    children = [child("a", MasteryState.MASTERED, 3, (MARCH, JUNE)), child("b", MasteryState.MASTERED, 3, (MAY, None))]

    decision = decide_parent(ALL, children, as_of=MAY)

    assert (decision.mastered_on, decision.ended_on, decision.valid_until) == (MAY, None, date(2026, 5, 31))


def test_children_never_mastered_together_make_no_lapsed_parent() -> None:
    first, second = child("a", MasteryState.LAPSED, 3, (MARCH, MAY)), child("b", MasteryState.MASTERED, 3, (JUNE, None))

    assert decide_parent(ALL, [first, second], as_of=JUNE).state is MasteryState.BELOW


def test_a_withdrawn_child_withdraws_its_parent() -> None:
    decision = decide_parent(ALL, [child("a"), child("b", MasteryState.WITHDRAWN)], as_of=JUNE)

    assert (decision.state, decision.mastered_on) == (MasteryState.WITHDRAWN, None)


def test_one_child_given_twice_differently_is_refused() -> None:
    assert decide_parent(ALL, [child("a"), child("a")], as_of=JUNE).used == ("a",)
    with pytest.raises(ObservationError, match="same_child_differs"):
        decide_parent(ALL, [child("a"), child("a", level=4)], as_of=JUNE)


def test_a_parent_of_parents_is_decided_from_the_leaves_up() -> None:
    leaf = EvidenceSubject(Policy("highest@1", SCALE, level=3), (piece(1, MAY, 3),))
    middle = ParentSubject(ALL, (("leaf", leaf),))

    verdict = decide_subject(ParentSubject(ALL, (("middle", middle), ("leaf", leaf))), as_of=JUNE, known_at=NOON)

    assert (verdict.decision.state, verdict.decision.mastered_on, verdict.decision.level) == (
        MasteryState.MASTERED,
        MAY,
        3,
    )


@dataclass(frozen=True)
class Family:
    """A parent and what its children are decided from."""

    policy: ParentPolicy
    children: tuple[tuple[Policy, tuple[list[DrawnRow], ...]], ...]
    as_of: date
    known_at: datetime

    def decided_on(self, day: date) -> dict[str, MasteryDecision]:
        return {
            name: decide(policy, ledger(list(rows)), as_of=day, known_at=self.known_at)
            for name, (policy, rows) in zip("abcd", self.children, strict=False)
        }

    def parent_on(self, day: date, shuffle: Callable[[list[Child]], None] = lambda _: None) -> ParentDecision:
        children = [Child.of(name, SCALE.id, decision) for name, decision in self.decided_on(day).items()]
        shuffle(children)
        return decide_parent(self.policy, children, as_of=day)

    def enough(self, names: set[str]) -> bool:
        """The naive parent: spelled out from DESIGN.md."""
        if self.policy.method == "all@1":
            return len(names) == len(self.children)
        worth = {terms.competency: terms.points for terms in self.policy.terms}
        required = {terms.competency for terms in self.policy.terms if terms.required}
        assert self.policy.points_needed is not None
        return required <= names and sum(worth[name] for name in names if name in worth) >= self.policy.points_needed

    def holds_on(self, day: date) -> bool:
        return self.enough({name for name, decision in self.decided_on(day).items() if decision.mastered})


parent_policies = st.one_of(
    st.just(ALL),
    picks((1, 2, 3), ("1.00", "0.33"), (True, False), (False, True)).map(
        lambda picked: ParentPolicy(
            "points@1",
            SCALE.id,
            min(picked[0] * Decimal("0.67"), Decimal(picked[1]) + 1),
            (
                ChildTerms("a", Decimal(picked[1]), required=picked[2]),
                ChildTerms("b", Decimal("0.34"), required=picked[3]),
                ChildTerms("c", Decimal("0.66")),
            ),
        )
    ),
)
families = st.builds(
    lambda policy, children, moment: Family(policy, tuple(children), *moment),
    parent_policies,
    st.lists(st.tuples(policies(), pieces.map(tuple)), min_size=1, max_size=3),
    moments,
)


def test_a_parent_is_what_the_naive_one_says() -> None:
    states: Counter[MasteryState] = Counter()

    @fewer
    @given(families)
    def agree(family: Family) -> None:
        decision = family.parent_on(family.as_of)
        states[decision.state] += 1

        assert decision.mastered == family.holds_on(family.as_of)
        if decision.mastered_on is not None:
            last = family.as_of if decision.ended_on is None else decision.ended_on - DAY
            assert family.holds_on(last)
            assert family.holds_on(decision.mastered_on)
            assert not family.holds_on(decision.mastered_on - DAY)
            assert decision.ended_on is None or not family.holds_on(decision.ended_on)

    agree()

    assert set(states) == set(MasteryState)


@fewer
@given(families, st.randoms(use_true_random=False))
def test_the_order_of_children_changes_nothing(family: Family, random: Random) -> None:
    assert family.parent_on(family.as_of, shuffle=random.shuffle) == family.parent_on(family.as_of)


@fewer
@given(families)
def test_a_parent_differs_on_no_day_before_the_one_it_names(family: Family) -> None:
    answer = family.parent_on(family.as_of)
    end = min(answer.holds_until or LAST_TURN, family.as_of + 12 * DAY)

    for number in range((end - family.as_of).days):
        assert family.parent_on(family.as_of + number * DAY) == answer


@many
@given(
    parent_policies, st.lists(picks(tuple(MasteryState), (None, 1, 2, 3, 4)), min_size=3, max_size=3), st.integers(0, 2)
)
def test_a_child_that_is_mastered_more_never_lowers_its_parent(
    policy: ParentPolicy, states: list[list[Any]], which: int
) -> None:
    children = [_child_in(name, *picked) for name, picked in zip("abc", states, strict=True)]
    better = [*children]
    better[which] = _child_in("abc"[which], MasteryState.MASTERED, 4)

    before, after = (decide_parent(policy, given, as_of=JUNE) for given in (children, better))

    assert after.score >= before.score
    assert after.mastered or not before.mastered
    assert before.level is None or (after.level is not None and after.level >= before.level)


def _child_in(name: str, state: MasteryState, level: int | None) -> Child:
    spells = {MasteryState.MASTERED: ((FIRST_DAY, None),), MasteryState.LAPSED: ((FIRST_DAY, FIRST_INSTANT.date()),)}
    return child(name, state, level, *spells.get(state, ()))
