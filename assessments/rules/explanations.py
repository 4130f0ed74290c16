"""Why a decision is what it is: parts with code and values, put into words by `assessments/words.py` and into JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from assessments.rules.decisions import MasteryDecision, State
from assessments.rules.parents import ParentDecision
from assessments.rules.policies import ParentPolicy, Policy

Value = int | str | Decimal | date


@dataclass(frozen=True)
class Part:
    """One thing to say: what (`code`), and the values that it names. Names of levels are the scale's own words."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision for the learner: where it stands, what it rests on, what is missing, what did not count and why."""

    state: tuple[Part, ...]
    evidence: tuple[Part, ...]
    missing: tuple[Part, ...]
    left_out: tuple[Part, ...]


def explain(policy: Policy, decision: MasteryDecision) -> Explanation:
    """The parts for a decision that `decide` took by `policy`."""
    reasons = Counter(row.reason for row in decision.left_out)
    return Explanation(
        state=tuple(_state(decision)),
        evidence=tuple(_evidence(policy, decision)),
        missing=tuple(_missing(policy, decision)),
        left_out=tuple(Part(f"left_out_{reason}", {"count": count}) for reason, count in sorted(reasons.items())),
    )


def explain_parent(policy: ParentPolicy, decision: ParentDecision, *, names: Mapping[str, str]) -> Explanation:
    """The parts for a decision that `decide_parent` took by `policy`; `names` are what the children are called."""
    code = "children_mastered" if policy.method == "all@1" else "points_earned"
    values: dict[str, Value] = {"have": decision.score, "needed": decision.workings.needed}
    if policy.method == "all@1":
        values = {"have": len(decision.used), "needed": int(decision.workings.needed)}
    reasons = {child.competency: child.reason for child in decision.left_out}
    return Explanation(
        state=tuple(_state(decision)),
        evidence=(Part(code, values),),
        missing=tuple(
            Part(f"child_{reasons.get(name, 'gone')}", {"name": names.get(name, name)})
            for name in decision.workings.missing
        ),
        left_out=(),
    )


def _state(decision: MasteryDecision | ParentDecision) -> Iterator[Part]:
    if decision.state is State.MASTERED and decision.mastered_on is not None:
        yield Part("mastered", {"since": decision.mastered_on})
        if decision.valid_until is not None:
            yield Part("valid_until", {"day": decision.valid_until})
    elif decision.state is State.LAPSED and decision.ended_on is not None:
        yield Part("lapsed", {"day": decision.ended_on})
    else:
        yield Part(str(decision.state))


def _evidence(policy: Policy, decision: MasteryDecision) -> Iterator[Part]:
    seen = decision.workings
    if not seen.pieces:
        return
    level = policy.asked.named
    if policy.rule.counts_times:
        more = "_and_more" if seen.at_level > (policy.times or 1) else ""
        yield Part(f"pieces_at_level{more}", {"have": seen.at_level, "needed": policy.times or 1, "level": level})
    else:
        yield from _one_score(policy, decision)
    if seen.assessors:
        yield Part("by_assessors", {"count": seen.assessors})
    if seen.newest_at_level_on is not None:
        yield Part("latest_on", {"day": seen.newest_at_level_on})


def _one_score(policy: Policy, decision: MasteryDecision) -> Iterator[Part]:
    """The score of a method that takes it from a single piece."""
    if decision.score is None:
        return
    reached = policy.scale.level_reached_by(decision.score)
    values: dict[str, Value] = {"pieces": decision.workings.pieces, "score": decision.score}
    if reached is None:
        yield Part(f"{policy.rule.word}_without_level", values)
    else:
        yield Part(policy.rule.word, {**values, "level": reached.named})


def _missing(policy: Policy, decision: MasteryDecision) -> Iterator[Part]:
    seen, level = decision.workings, policy.asked.named
    coming = 0  # pieces that the learner is asked for already
    for condition in seen.unmet:
        if condition == "level" and policy.rule.counts_times:
            coming = (policy.times or 1) - seen.at_level
            yield Part("more_pieces_at_level", {"count": coming, "level": level})
        elif condition == "level":
            coming = 1
            yield Part("level_asked", {"level": level, "score": policy.asked.reached_at})
        elif condition == "minimum_pieces":
            if policy.minimum_pieces - seen.pieces > coming:
                yield Part("more_pieces", {"count": policy.minimum_pieces - seen.pieces})
        elif condition == "distinct_assessors":
            yield Part("more_assessors", {"count": policy.distinct_assessors - seen.assessors, "level": level})
        elif seen.valid_through is not None:
            yield Part("validity_over", {"day": seen.valid_through})
