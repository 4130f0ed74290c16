"""A policy that exists is valid: every fault has a path and a code, and all are told at once."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from assessments.mastery.rules.faults import PolicyError
from assessments.mastery.rules.policies import ChildTerms, ParentPolicy, Policy
from assessments.mastery.rules.scales import Conversion, ProficiencyLevel, Scale
from assessments.mastery.rules.time_spans import Span, Unit
from tests.assessments.mastery_cases import SCALE

GOOD = Policy("highest@1", SCALE, level=3)
PERCENT = Conversion("percent", Decimal(0), Decimal(100), Decimal(0), Decimal(4))
POINTS = ParentPolicy("points@1", SCALE.id, Decimal(2), (ChildTerms("a", Decimal(1)), ChildTerms("b", Decimal(1))))


def scale(*levels: tuple[int, str]) -> Scale:
    return Scale("scale", tuple(ProficiencyLevel(rank, Decimal(reached_at)) for rank, reached_at in levels))


@pytest.mark.parametrize(
    ("faulty", "faults"),
    [
        (lambda: replace(GOOD, method="median@1"), ["method: unknown_method"]),
        (lambda: replace(GOOD, level=5), ["level: not_on_scale"]),
        (lambda: replace(GOOD, times=2), ["times: times_not_used"]),
        (lambda: replace(GOOD, method="n_times@1"), ["times: times_missing"]),
        (lambda: replace(GOOD, method="weighted_average@1"), ["weight: weight_missing"]),
        (lambda: replace(GOOD, method="weighted_average@1", weight=100), ["weight: out_of_range"]),
        (lambda: replace(GOOD, method="decaying_average@1", weight=49), ["weight: out_of_range"]),
        (lambda: replace(GOOD, method="average@1", weight=65), ["weight: parameter_not_used"]),
        (lambda: replace(GOOD, method="best_k_of_last_n@1"), ["best: best_missing", "last: last_missing"]),
        (lambda: replace(GOOD, method="best_k_of_last_n@1", best=3, last=2), ["best: best_above_last"]),
        (lambda: replace(GOOD, conversions=(PERCENT, PERCENT)), ["conversions[1].scale: scale_twice"]),
        (
            lambda: replace(GOOD, conversions=(replace(PERCENT, source_most=Decimal(0)),)),
            ["conversions[0].source_most: range_empty"],
        ),
        (lambda: replace(POINTS, strength="maybe"), ["strength: unknown_strength"]),
        (lambda: replace(POINTS, own=GOOD), ["own: own_not_used"]),
        (
            lambda: replace(POINTS, strength="recommend", scale="another", own=GOOD),
            ["own.scale.id: scale_differs"],
        ),
        (lambda: replace(GOOD, method="n_times@1", times=0), ["times: out_of_range"]),
        (lambda: replace(GOOD, minimum_pieces=0), ["minimum_pieces: out_of_range"]),
        (lambda: replace(GOOD, distinct_assessors=-1), ["distinct_assessors: out_of_range"]),
        (lambda: replace(GOOD, accepted_kinds=frozenset()), ["accepted_kinds: empty"]),
        (lambda: replace(GOOD, recency_days=0), ["recency_days: out_of_range"]),
        (lambda: replace(GOOD, recency_days=36_526), ["recency_days: out_of_range"]),
        (lambda: replace(GOOD, validity=Span(0, Unit.DAYS)), ["validity.amount: out_of_range"]),
        (lambda: replace(GOOD, scale=scale()), ["scale.levels: no_levels", "level: not_on_scale"]),
        (lambda: replace(GOOD, scale=replace(SCALE, id="")), ["scale.id: empty"]),
        (lambda: replace(GOOD, scale=scale((3, "2.675"))), ["scale.levels[0].reached_at: too_many_places"]),
        (lambda: replace(GOOD, scale=scale((3, "NaN"), (4, "2"))), ["scale.levels[0].reached_at: too_many_places"]),
        (lambda: replace(GOOD, scale=scale((3, "2"), (3, "3"))), ["scale.levels[1].rank: rank_not_above"]),
        (lambda: replace(GOOD, scale=scale((3, "2"), (4, "2"))), ["scale.levels[1].reached_at: threshold_not_above"]),
        (
            lambda: replace(GOOD, method="median@1", minimum_pieces=0),
            ["method: unknown_method", "minimum_pieces: out_of_range"],
        ),
        (lambda: ParentPolicy("most@1", "scale"), ["method: unknown_method"]),
        (lambda: replace(POINTS, method="all@1"), ["points_needed: points_not_used", "terms: points_not_used"]),
        (lambda: replace(POINTS, points_needed=None), ["points_needed: points_missing"]),
        (lambda: replace(POINTS, points_needed=Decimal(0)), ["points_needed: points_not_positive"]),
        (lambda: replace(POINTS, points_needed=Decimal("0.001")), ["points_needed: points_not_positive"]),
        (lambda: replace(POINTS, points_needed=Decimal("2.01")), ["points_needed: points_out_of_reach"]),
        (lambda: replace(POINTS, points_needed=Decimal("Infinity")), ["points_needed: points_not_positive"]),
        (
            lambda: replace(POINTS, terms=(*POINTS.terms, ChildTerms("a"))),
            ["terms[2].competency: named_twice"],
        ),
        (
            lambda: replace(POINTS, terms=(*POINTS.terms, ChildTerms("c", Decimal(-1)), ChildTerms("d", Decimal(1)))),
            ["terms[2].points: points_negative"],
        ),
    ],
)
def test_a_faulty_policy_says_where_and_what(faulty: Callable[[], object], faults: list[str]) -> None:
    with pytest.raises(PolicyError) as refused:
        faulty()

    assert [f"{fault.path}: {fault.code}" for fault in refused.value.faults] == faults


def test_the_message_of_an_error_names_place_code_and_values() -> None:
    with pytest.raises(PolicyError, match=r"^recency_days: out_of_range \(given=0, least=1, most=36525\)$"):
        replace(GOOD, recency_days=0)
