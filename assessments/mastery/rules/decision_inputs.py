"""Competencies with everything needed to decide them: evidence, or children that are decided first."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.explanations import Explanation, explain, explain_parent
from assessments.mastery.rules.faults import ObservationError, PolicyError
from assessments.mastery.rules.mastery import decide, require_times
from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.parents import Child, ParentDecision, decide_parent
from assessments.mastery.rules.policies import ParentPolicy, Policy


@dataclass(frozen=True)
class EvidenceSubject:
    """A competency decided from evidence."""

    policy: Policy
    observations: tuple[Observation, ...]

    @property
    def scale(self) -> str:
        """Return the id of the scale of its level."""
        return self.policy.scale.id


@dataclass(frozen=True)
class ParentSubject:
    """A competency decided from children, each with its name; `observations` are those of the competency itself.

    Raises PolicyError when its policy has terms that name none of the children.
    """

    policy: ParentPolicy
    children: "tuple[tuple[str, Subject], ...]"
    observations: tuple[Observation, ...] = ()

    def __post_init__(self) -> None:
        faults = tuple(self.policy.terms_without_child({name for name, _ in self.children}))
        if faults:
            raise PolicyError(*(fault.below("parent_policy") for fault in faults))

    @property
    def scale(self) -> str:
        """Return the id of the scale of its level."""
        return self.policy.scale


Subject = EvidenceSubject | ParentSubject


@dataclass(frozen=True)
class Verdict:
    """A decision, its explanation, and the verdicts on the children."""

    decision: MasteryDecision | ParentDecision
    explanation: Explanation
    children: "tuple[tuple[str, Verdict], ...]" = ()


def decide_subject(subject: Subject, *, as_of: date, known_at: datetime) -> Verdict:
    """Decide `subject`, its children first. Raises ObservationError as `decide` and `decide_parent` do."""
    require_times(as_of, known_at)
    if isinstance(subject, EvidenceSubject):
        with _below("observations"):
            decision = decide(subject.policy, subject.observations, as_of=as_of, known_at=known_at)
        return Verdict(decision, explain(subject.policy, decision))
    verdicts = tuple(_verdicts(subject, as_of, known_at))
    children = [
        Child.of(name, child.scale, verdict.decision)
        for (name, child), (_, verdict) in zip(subject.children, verdicts, strict=True)
    ]
    own = None
    if subject.policy.own is not None:
        with _below("observations"):
            own = decide(subject.policy.own, subject.observations, as_of=as_of, known_at=known_at)
    parent_decision = decide_parent(subject.policy, children, as_of=as_of, own=own)
    names = {name: name for name, _ in subject.children}
    return Verdict(parent_decision, explain_parent(subject.policy, parent_decision, names=names), verdicts)


def _verdicts(subject: ParentSubject, as_of: date, known_at: datetime) -> Iterator[tuple[str, Verdict]]:
    for index, (name, child) in enumerate(subject.children):
        with _below(f"children[{index}]"):
            yield name, decide_subject(child, as_of=as_of, known_at=known_at)


@contextmanager
def _below(place: str) -> Iterator[None]:
    """Prefix faults in observations with their place among the subjects."""
    try:
        yield
    except ObservationError as error:
        raise ObservationError(*(fault.below(place) for fault in error.faults)) from error
