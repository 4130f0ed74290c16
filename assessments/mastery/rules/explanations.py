"""The reasons of a decision as parts with code and values; `assessments/mastery/labels.py` puts them into words."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.parents import ParentDecision
from assessments.mastery.rules.policies import ParentPolicy, Policy
from assessments.rules.mastery_states import MasteryState

Value = int | str | Decimal | date


@dataclass(frozen=True)
class ExplanationPart:
    """One statement: its `code`, and the values it names. Names of levels are the words of the scale."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasons of a decision for the learner: state, evidence, what is missing, what does not count and why."""

    state: tuple[ExplanationPart, ...]
    evidence: tuple[ExplanationPart, ...]
    missing: tuple[ExplanationPart, ...]
    left_out: tuple[ExplanationPart, ...]


def explain(policy: Policy, decision: MasteryDecision) -> Explanation:
    """Return the reasons of a decision that `decide` made by `policy`."""
    reasons = Counter(row.reason for row in decision.left_out)
    return Explanation(
        state=tuple(_state(decision)),
        evidence=tuple(_evidence(policy, decision)),
        missing=tuple(_missing(policy, decision)),
        left_out=tuple(
            ExplanationPart(f"left_out_{reason}", {"count": count}) for reason, count in sorted(reasons.items())
        ),
    )


def explain_parent(policy: ParentPolicy, decision: ParentDecision, *, names: Mapping[str, str]) -> Explanation:
    """Return the reasons of a decision that `decide_parent` made by `policy`; `names` are the names of the children."""
    code = "children_mastered" if policy.method == "all@1" else "points_earned"
    values: dict[str, Value] = {"have": decision.score, "needed": decision.workings.needed}
    if policy.method == "all@1":
        values = {"have": len(decision.used), "needed": int(decision.workings.needed)}
    reasons = {child.competency: child.reason for child in decision.left_out}
    return Explanation(
        state=tuple(_state(decision)),
        evidence=(
            ExplanationPart(code, values),
            *((ExplanationPart(f"rule_{decision.outcome}"),) if decision.outcome else ()),
        ),
        missing=tuple(
            ExplanationPart(f"child_{reasons.get(name, 'gone')}", {"name": names.get(name, name)})
            for name in decision.workings.missing
        ),
        left_out=(),
    )


def _state(decision: MasteryDecision | ParentDecision) -> Iterator[ExplanationPart]:
    if decision.state is MasteryState.MASTERED and decision.mastered_on is not None:
        yield ExplanationPart("mastered", {"since": decision.mastered_on})
        if decision.valid_until is not None:
            yield ExplanationPart("valid_until", {"day": decision.valid_until})
    elif decision.state is MasteryState.LAPSED and decision.ended_on is not None:
        yield ExplanationPart("lapsed", {"day": decision.ended_on})
    else:
        yield ExplanationPart(str(decision.state))


def _evidence(policy: Policy, decision: MasteryDecision) -> Iterator[ExplanationPart]:
    workings = decision.workings
    if not workings.pieces:
        return
    level = policy.target_level.display_name
    if policy.rule.counts_times:
        if policy.rule.running is not None and decision.score is not None:
            yield from _one_score(policy, decision)
        more = "_and_more" if workings.at_level > (policy.times or 1) else ""
        yield ExplanationPart(
            f"pieces_at_level{more}", {"have": workings.at_level, "needed": policy.times or 1, "level": level}
        )
    else:
        yield from _one_score(policy, decision)
    if workings.assessors:
        yield ExplanationPart("by_assessors", {"count": workings.assessors})
    if workings.newest_at_level_on is not None:
        yield ExplanationPart("latest_on", {"day": workings.newest_at_level_on})


def _one_score(policy: Policy, decision: MasteryDecision) -> Iterator[ExplanationPart]:
    """Yield the score, and the level that it reaches."""
    if decision.score is None:
        yield ExplanationPart("pieces_judged", {"pieces": decision.workings.pieces})
        return
    reached = policy.scale.level_reached_by(decision.score)
    values: dict[str, Value] = {"pieces": decision.workings.pieces, "score": decision.score}
    for name in ("weight", "best", "last"):
        parameter = getattr(policy, name)
        if parameter is not None:
            values[name] = parameter
    if reached is None:
        yield ExplanationPart(f"{policy.rule.word}_without_level", values)
    else:
        yield ExplanationPart(policy.rule.word, {**values, "level": reached.display_name})


def _missing(policy: Policy, decision: MasteryDecision) -> Iterator[ExplanationPart]:
    workings, level = decision.workings, policy.target_level.display_name
    requested = 0  # pieces that an earlier line has asked the learner for already
    # In the order of the conditions; a later line must not ask again for pieces of an earlier one.
    for condition in workings.unmet:
        if condition == "level" and policy.rule.counts_times:
            requested = (policy.times or 1) - workings.at_level
            yield ExplanationPart("more_pieces_at_level", {"count": requested, "level": level})
        elif condition == "level":
            # Without a score there are too few pieces for one; the level is asked for as soon as there is one.
            requested = max(1, (policy.best or 1) - workings.pieces)
            if decision.score is None and requested > 1:
                yield ExplanationPart("more_pieces", {"count": requested})
            yield ExplanationPart("level_asked", {"level": level, "score": policy.target_level.reached_at})
        elif condition == "minimum_pieces":
            # New pieces at the level count as pieces too: ask only for what they leave open.
            if policy.minimum_pieces - workings.pieces > requested:
                yield ExplanationPart("more_pieces", {"count": policy.minimum_pieces - workings.pieces})
        elif condition == "distinct_assessors":
            yield ExplanationPart(
                "more_assessors", {"count": policy.distinct_assessors - workings.assessors, "level": level}
            )
        elif workings.valid_through is not None:
            yield ExplanationPart("validity_over", {"day": workings.valid_through})
