"""One published fact of a peer, what our engines answer to it, and the table of all."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assessments.mastery.formats.policy_json import read_trial as read_policy_trial
from assessments.mastery.rules.decision_inputs import decide_subject
from assessments.mastery.rules.parents import ParentDecision
from core.text.faults import FaultyError
from programs.audit.formats.audit_json import read_trial as read_audit_trial
from programs.audit.rules.audit import audit
from programs.audit.rules.errors import AuditRefusedError
from programs.audit.solvers.cp_sat import CpSat

Document = dict[str, Any]
ON = "2026-06-30"
KNOWN_AT = "2026-06-30T12:00:00Z"


@dataclass(frozen=True)
class Fact:
    """What a peer answers, in our own words.

    `ask` gets our answer. `differs` is the reason where ours is another on purpose; `not_applicable` the reason where
    the question cannot be put to us.
    """

    family: str
    name: str
    expected: str
    ask: Callable[[], str] | None = None
    differs: str = ""
    not_applicable: str = ""


@dataclass(frozen=True)
class Finding:
    """A fact with our answer; None where it is not applicable."""

    fact: Fact
    answer: str | None

    @property
    def equal(self) -> bool:
        """Return whether we answer as the peer does."""
        return self.answer == self.fact.expected


def findings(facts: Iterable[Fact]) -> list[Finding]:
    """Ask our engines about each fact."""
    return [Finding(fact, None if fact.ask is None else fact.ask()) for fact in facts]


def policy_answer(document: Document) -> str:
    """Return what `try_policy` decides: the score, the state, and what follows from a rule of a parent."""
    try:
        trial = read_policy_trial({**document, "as_of": ON, "known_at": KNOWN_AT})
        decision = decide_subject(trial.subject, as_of=trial.as_of, known_at=trial.known_at).decision
    except FaultyError as error:
        return _refused(fault.code for fault in error.faults)
    if isinstance(decision, ParentDecision):
        return decision.outcome or ("mastered" if decision.mastered else "not mastered")
    return f"{decision.score}, {'mastered' if decision.mastered else 'not mastered'}"


def audit_answer(document: Document) -> str:
    """Return what `try_audit` decides: completed or not."""
    try:
        trial = read_audit_trial({**document, "on": ON})
        result = audit(
            trial.tree,
            trial.attainments,
            trial.exceptions,
            context=trial.context,
            on=trial.on or datetime.now(UTC).date(),
            solver=CpSat(),
        )
    except FaultyError as error:
        return _refused(fault.code for fault in error.faults)
    except AuditRefusedError as error:
        return _refused([error.code])
    return "completed" if result.today.met else "not completed"


def _refused(codes: Iterable[str]) -> str:
    return f"refused: {', '.join(codes)}"


def table(found: Iterable[Finding]) -> Iterator[str]:
    """Yield the lines of a table by family, and below it each difference with its reason."""
    by_family: dict[str, list[Finding]] = {}
    for finding in found:
        by_family.setdefault(finding.fact.family, []).append(finding)
    yield "| family | facts | applicable | equal | differing |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for family, rows in by_family.items():
        applicable = [finding for finding in rows if finding.answer is not None]
        equal = sum(finding.equal for finding in applicable)
        yield f"| {family} | {len(rows)} | {len(applicable)} | {equal} | {len(applicable) - equal} |"
    for family, rows in by_family.items():
        for finding in rows:
            fact = finding.fact
            if finding.answer is None:
                yield f"\n{family}: {fact.name}\n  not applicable: {fact.not_applicable}"
            elif not finding.equal:
                yield f"\n{family}: {fact.name}\n  there: {fact.expected}; here: {finding.answer}"
                yield f"  because: {fact.differs or 'NO REASON IS GIVEN'}"
