"""Mastery policies: what a learner must show, how often, judged by how many assessors, and for how long it holds.

Every policy object is valid: building a faulty one raises PolicyError with all faults.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from assessments.mastery.rules.faults import PolicyError
from assessments.mastery.rules.later_members import LATER
from assessments.mastery.rules.methods import METHODS, PARENT_METHODS, WEIGHTS, Method, Parameters, Tally
from assessments.mastery.rules.rounding import fits_two_places
from assessments.mastery.rules.scales import Conversion, ProficiencyLevel, Scale
from assessments.mastery.rules.time_spans import Span
from core.text.faults import Fault

# 100 years in days. Both limits catch typing errors; no policy needs larger numbers.
LONGEST_SPAN = 36_525
LARGEST_COUNT = 1_000


@dataclass(frozen=True)
class Policy:
    """How pieces of evidence for one competency decide mastery.

    `method` names a versioned method; `level` is the rank that mastery asks for on `scale`.

    - `times`: how many pieces must be at the level or above; for `n_times` and `n_times_mean` only.
    - `weight`: how much the newest piece weighs, in percent; for `weighted_average` and `decaying_average` only.
    - `best`, `last`: how many of how many; for `best_k_of_last_n` only.
    - `minimum_pieces`: how many pieces must count, at whatever level.
    - `distinct_assessors`: how many different assessors must have judged the counted pieces at the level or above;
      evidence without an assessor (basis external) adds none.
    - `accepted_kinds`: kinds of evidence that count; None takes all.
    - `recency_days`: a piece counts while it is at most so many days old, the day of the work not counted.
    - `conversions`: the scales of sources, and how their scores become scores on `scale`; others do not count.
    - `merges_results`: several results of one piece of work and one day become one piece, their mean by weight.
    - `validity`: mastery holds for so long after the newest counted piece at the level or above; a newer one renews it.
    """

    method: str
    scale: Scale
    level: int
    times: int | None = None
    minimum_pieces: int = 1
    distinct_assessors: int = 0
    accepted_kinds: frozenset[str] | None = None
    recency_days: int | None = None
    validity: Span | None = None
    weight: int | None = field(default=None, metadata=LATER)
    best: int | None = field(default=None, metadata=LATER)
    last: int | None = field(default=None, metadata=LATER)
    conversions: tuple[Conversion, ...] = field(default=(), metadata=LATER)
    merges_results: bool = field(default=False, metadata=LATER)

    # All faults at once: who writes a policy mends them in one go.
    def __post_init__(self) -> None:
        faults = tuple(self._faults())
        if faults:
            raise PolicyError(*faults)

    @cached_property
    def rule(self) -> Method:
        """Return the method that `method` names."""
        return METHODS[self.method]

    @cached_property
    def target_level(self) -> ProficiencyLevel:
        """Return the level that mastery asks for."""
        return next(level for level in self.scale.levels if level.rank == self.level)

    @cached_property
    def parameters(self) -> Parameters:
        """Return what the method is called with."""
        return Parameters(
            self.target_level.reached_at, self.times or 1, self.weight or 0, self.best or 0, self.last or 0
        )

    def empty_tally(self) -> Tally:
        """Return a tally for the pieces of one day."""
        running = self.rule.running
        return Tally(None if running is None else running(self.parameters))

    def conversion_from(self, scale: str) -> Conversion | None:
        """Return how scores on the scale of a source are converted, None where the policy does not say it."""
        return next((conversion for conversion in self.conversions if conversion.scale == scale), None)

    @cached_property
    def timeless(self) -> "Policy":
        """Return the same policy without recency window and validity."""
        return replace(self, recency_days=None, validity=None)

    def _faults(self) -> Iterator[Fault]:
        yield from (fault.below("scale") for fault in self.scale.faults())
        if self.scale.level_at(self.level) is None:
            ranks = ", ".join(str(level.rank) for level in self.scale.levels)
            yield Fault("level", "not_on_scale", {"given": str(self.level), "choices": ranks})
        yield from self._method_faults()
        yield from self._conversion_faults()
        yield from _count_faults("minimum_pieces", self.minimum_pieces, least=1, most=LARGEST_COUNT)
        yield from _count_faults("distinct_assessors", self.distinct_assessors, least=0, most=LARGEST_COUNT)
        if self.accepted_kinds is not None and not self.accepted_kinds:
            yield Fault("accepted_kinds", "empty")
        if self.recency_days is not None:
            yield from _count_faults("recency_days", self.recency_days, least=1, most=LONGEST_SPAN)
        if self.validity is not None:
            yield from _count_faults("validity.amount", self.validity.amount, least=1, most=LONGEST_SPAN)

    def _method_faults(self) -> Iterator[Fault]:
        method = METHODS.get(self.method)
        if method is None:
            yield Fault("method", "unknown_method", {"given": self.method, "choices": ", ".join(sorted(METHODS))})
        else:
            yield from self._parameter_faults(method)
            if self.best is not None and self.last is not None and self.best > self.last:
                yield Fault("best", "best_above_last", {"given": str(self.best), "last": str(self.last)})

    def _parameter_faults(self, method: Method) -> Iterator[Fault]:
        values = {"method": method.name}
        parameters = (
            (self.times, Fault("times", "times_missing", values), Fault("times", "times_not_used", values)),
            (self.weight, Fault("weight", "weight_missing", values), Fault("weight", "parameter_not_used", values)),
            (self.best, Fault("best", "best_missing", values), Fault("best", "parameter_not_used", values)),
            (self.last, Fault("last", "last_missing", values), Fault("last", "parameter_not_used", values)),
        )
        for given, missing, not_used in parameters:
            name = missing.path
            if name not in method.parameters:
                yield from () if given is None else (not_used,)
            elif given is None:
                yield missing
            else:
                least, most = WEIGHTS[method.name] if name == "weight" else (1, LARGEST_COUNT)
                yield from _count_faults(name, given, least=least, most=most)

    def _conversion_faults(self) -> Iterator[Fault]:
        scales = {self.scale.id}
        for index, conversion in enumerate(self.conversions):
            yield from (fault.below(f"conversions[{index}]") for fault in conversion.faults())
            # Its own scale needs no conversion, and two for one scale would contradict each other.
            if conversion.scale in scales:
                yield Fault(f"conversions[{index}].scale", "scale_twice", {"given": conversion.scale})
            scales.add(conversion.scale)


@dataclass(frozen=True, slots=True)
class ChildTerms:
    """The terms of one child competency: its points when it is mastered, and whether it must be mastered."""

    competency: str
    points: Decimal = Decimal(1)
    required: bool = False


class RuleStrength(StrEnum):
    """What follows when the children meet the rule of their parent, as Moodle's rule outcomes.

    COMPLETE: the parent is mastered. RECOMMEND: the parent is recommended for review. LOG: this is noted.
    """

    LOG = "log"
    RECOMMEND = "recommend"
    COMPLETE = "complete"


@dataclass(frozen=True)
class ParentPolicy:
    """How the mastery of child competencies decides the mastery of their parent.

    `all@1` asks for every child. `points@1` asks for `points_needed` points from mastered children, and for every
    required one; children without terms add nothing. `scale` names the scale of the parent's level.
    `strength` is a RuleStrength. Where it is not to complete, a person decides: by evidence for the parent itself,
    under the policy `own`; without it the parent is never mastered.
    """

    method: str
    scale: str
    points_needed: Decimal | None = None
    terms: tuple[ChildTerms, ...] = ()
    strength: str = field(default=RuleStrength.COMPLETE.value, metadata=LATER)
    own: Policy | None = field(default=None, metadata=LATER)

    def __post_init__(self) -> None:
        faults = tuple(self._faults())
        if faults:
            raise PolicyError(*faults)

    def _faults(self) -> Iterator[Fault]:
        if self.method not in PARENT_METHODS:
            choices = ", ".join(sorted(PARENT_METHODS))
            yield Fault("method", "unknown_method", {"given": self.method, "choices": choices})
        elif self.method == "all@1":
            if self.points_needed is not None:
                yield Fault("points_needed", "points_not_used", {"method": self.method})
            if self.terms:
                yield Fault("terms", "points_not_used", {"method": self.method})
        else:
            yield from self._point_faults()
        yield from self._strength_faults()

    def _strength_faults(self) -> Iterator[Fault]:
        if self.strength not in set(RuleStrength):
            yield Fault("strength", "unknown_strength", {"given": self.strength, "choices": ", ".join(RuleStrength)})
        if self.own is None:
            return
        if self.strength == RuleStrength.COMPLETE:
            yield Fault("own", "own_not_used")
        if self.own.scale.id != self.scale:
            yield Fault("own.scale.id", "scale_differs", {"given": self.own.scale.id, "scale": self.scale})

    def terms_without_child(self, children: Collection[str]) -> Iterator[Fault]:
        """Yield the terms that name none of `children`: nobody could ever earn their points."""
        for index, terms in enumerate(self.terms):
            if terms.competency not in children:
                values = {"given": terms.competency, "choices": ", ".join(sorted(children))}
                yield Fault(f"terms[{index}].competency", "terms_name_no_child", values)

    def _point_faults(self) -> Iterator[Fault]:
        if self.points_needed is None:
            yield Fault("points_needed", "points_missing", {"method": self.method})
        elif not fits_two_places(self.points_needed) or self.points_needed <= 0:
            yield Fault("points_needed", "points_not_positive", {"given": str(self.points_needed)})
        seen: set[str] = set()
        for index, terms in enumerate(self.terms):
            if terms.competency in seen:
                yield Fault(f"terms[{index}].competency", "named_twice", {"given": terms.competency})
            seen.add(terms.competency)
            if not fits_two_places(terms.points) or terms.points < 0:
                yield Fault(f"terms[{index}].points", "points_negative", {"given": str(terms.points)})
        yield from self._reach_faults()

    def _reach_faults(self) -> Iterator[Fault]:
        worth = [terms.points for terms in self.terms]
        if self.points_needed is None or not all(fits_two_places(points) for points in (*worth, self.points_needed)):
            return
        # Nobody could ever master this parent; better refused now than noticed in years.
        if sum(worth) < self.points_needed:
            values = {"given": str(self.points_needed), "reachable": str(sum(worth))}
            yield Fault("points_needed", "points_out_of_reach", values)


def _count_faults(path: str, count: int, *, least: int, most: int) -> Iterator[Fault]:
    if not least <= count <= most:
        yield Fault(path, "out_of_range", {"given": str(count), "least": str(least), "most": str(most)})
