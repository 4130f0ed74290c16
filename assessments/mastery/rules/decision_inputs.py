"""Competencies with everything needed to decide them: evidence, or children that are decided first."""

from dataclasses import dataclass
from datetime import date, datetime

from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.explanations import Explanation, explain, explain_parent
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
    """A competency decided from children, each with its name."""

    policy: ParentPolicy
    children: "tuple[tuple[str, Subject], ...]"

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
        decision = decide(subject.policy, subject.observations, as_of=as_of, known_at=known_at)
        return Verdict(decision, explain(subject.policy, decision))
    verdicts = tuple((name, decide_subject(child, as_of=as_of, known_at=known_at)) for name, child in subject.children)
    children = [
        Child.of(name, child.scale, verdict.decision)
        for (name, child), (_, verdict) in zip(subject.children, verdicts, strict=True)
    ]
    parent_decision = decide_parent(subject.policy, children, as_of=as_of)
    names = {name: name for name, _ in subject.children}
    return Verdict(parent_decision, explain_parent(subject.policy, parent_decision, names=names), verdicts)
