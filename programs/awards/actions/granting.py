"""Writes awards. No other module proposes or grants one, by rule or for a person.

Everything here runs with the learner's lock held and inside the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Max, QuerySet

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.locked_learner import LockedLearner
from accounts.models import Learner, User
from assessments.mastery.rules.time_spans import Span, Unit, next_day
from core import clock
from core.database.compiled import compiled
from core.database.ledger import new_salt
from core.database.storing import insert_linked, insert_rows
from core.text.canonical import digest
from programs.announcements import Awarded, awarded
from programs.audit.queries.attainments import exceptions_inside, with_awards
from programs.audit.queries.audits import CONTEXTS
from programs.audit.queries.awarding import awarding_date, awarding_of
from programs.audit.queries.enrollment_facts import applying_tree_of, facts_for
from programs.audit.queries.trees import audited_tree_of, stacked_versions
from programs.audit.rules import requirements as rules
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import Method
from programs.audit.rules.qualifiers import from_hundredths
from programs.audit.rules.result import AuditOutcome
from programs.awards.actions.concerns import raise_for_others_grounds
from programs.awards.queries.awarded_person import AwardedPerson, awarded_person
from programs.awards.queries.decision_record import attribution_columns, decision_of, name_digest
from programs.awards.queries.grounds import Grounds, Moment, grounds_of
from programs.awards.queries.lower_awards import reviews_below
from programs.curriculum.queries.achievements import achievement_of
from programs.errors import AlreadyAwardedError, LowerAwardInReviewError
from programs.models import (
    AchievementVersion,
    Attribution,
    Award,
    AwardBody,
    AwardKind,
    AwardState,
    Enrollment,
    ProgramVersion,
    WordsAbout,
)
from programs.rules.attainments import Attainment, RequirementException

REFUSALS = {
    "award_one_standing_per_cycle": AlreadyAwardedError,
    "award_one_standing_per_person": AlreadyAwardedError,
}


@compiled
def _awards_of(records: tuple[int, ...]) -> QuerySet[Award]:
    rows = Award.objects.filter(learner__in=records).select_related("program_version__program")
    return rows.defer("program_version__content").order_by("pk")


@dataclass
class LearnerAwards:
    """All awards of a locked learner. They are read at most once, until `forget` is called because one was written."""

    person: LockedLearner
    _rows: list[Award] | None = field(default=None)

    @property
    def rows(self) -> list[Award]:
        """All awards, oldest first, whatever their state."""
        if self._rows is None:
            self._rows = _awards_of(self.person.records)
        return self._rows

    @property
    def valid(self) -> list[Award]:
        """The awards that are granted and have not ended."""
        return [row for row in self.rows if row.stands]

    def of(self, version: AchievementVersion) -> list[Award]:
        """Return the awards of one achievement, whatever their state."""
        return [row for row in self.rows if row.achievement_id == version.achievement_id]

    def forget(self) -> None:
        """Read the awards again next time."""
        self._rows = None


@dataclass(frozen=True)
class AwardInputs:
    """A program version that may be awarded, with the inputs of its audit. `newly_met`: it was not met before.

    `method` is the enrollment's method of audit; attainments and exceptions are as it reads them.
    `audited` is the outcome of an audit of exactly these inputs on `on`, a civil date of the awarding organization.
    Where they are None, both are computed. `competencies` are ids by public id, as far as the caller knows them.
    """

    version: ProgramVersion
    enrollment: Enrollment
    method: Method
    attainments: Sequence[Attainment]
    exceptions: Sequence[RequirementException]
    previous: Assignment | None = None
    newly_met: bool = False
    audited: AuditOutcome | None = None
    on: date | None = None
    competencies: Mapping[str, int] = field(default_factory=dict)


def award_inside(
    person: LockedLearner,
    enrollment: Enrollment,
    outcome: AuditOutcome,
    *,
    method: Method,
    attainments: Sequence[Attainment],
    competencies: Mapping[str, int],
    learner_awards: LearnerAwards,
    solver: Solver | None,
) -> list[Award]:
    """Grant or propose stacked programs that need only their award; return the granted awards, innermost first.

    A program that waits for awards inside it is not granted in the same call: the caller audits again and calls again.
    """
    granted = []
    for node in _awaiting(applying_tree_of(enrollment, method), outcome, CONTEXTS[method].awaiting):
        version = _version(stacked_versions(enrollment.version)[node.names[0]])[0]
        decisions = exceptions_inside(enrollment, version, method=method)
        inputs = AwardInputs(version, enrollment, method, attainments, decisions, competencies=competencies)
        award = award_by_rule(person, inputs, learner_awards=learner_awards, solver=solver)
        granted += [award] if award is not None else []
    return granted


@compiled
def _version(public_id: UUID) -> QuerySet[ProgramVersion]:
    rows = ProgramVersion.objects.filter(public_id=public_id).select_related("program__organization")
    return rows.defer("content")


def award_by_rule(
    person: LockedLearner, inputs: AwardInputs, *, learner_awards: LearnerAwards, solver: Solver | None
) -> Award | None:
    """Grant an automatic award, or propose it to a registrar; return it if it was granted.

    The rule makes only the first award of a learner in an achievement. After a proposal, a refusal, a lapse or a
    rescission, a person decides. So for somebody who has died, and nothing happens before the day of admission.
    """
    version = achievement_of(inputs.version)
    on = inputs.on or awarding_date(inputs.version, person.at)
    if version is None or has_died(person) or inputs.enrollment.admitted_on > on:
        return None
    earlier = learner_awards.of(version)
    # An earlier award, also a declined or rescinded one, ends what the rule may do.
    if earlier:
        if inputs.newly_met:
            _meet_again(earlier, on, person, inputs)
        return None
    about = awarded_person(person.records, on=on)
    draft = _draft(person, inputs, version, cycle=1, by=None, on=on, about=about)
    if not version.automatic:
        _save(draft)
        learner_awards.forget()
        return None
    moment = Moment(on, clock.civil_date(draft.met_at, person.zone), draft.met_at)
    grounds = _grounds(person, inputs, moment, learner_awards.valid, solver)
    if grounds is None:
        return None
    granted: Award | None = None
    # The learner's lock excludes another award, so a constraint error is a defect here: it undoes the transaction.
    with constraint_errors(REFUSALS, goes_on=False):
        try:
            granted = write_grant(
                person, draft, grounds, learner_awards=learner_awards, by=None, awarded_on=on, about=about
            )
        except LowerAwardInReviewError:
            # No rule grants on what the office has in question; a registrar decides once the review is settled.
            draft.save()
    learner_awards.forget()
    return granted


def has_died(person: LockedLearner) -> bool:
    """Return whether any record of the person says that they have died."""
    known = (person.record, person.carrier)
    if any(record.deceased_on is not None for record in known):
        return True
    others = set(person.records) - {record.pk for record in known}
    return bool(others) and Learner.objects.filter(pk__in=others, deceased_on__isnull=False).exists()


def propose(
    person: LockedLearner, inputs: AwardInputs, version: AchievementVersion, *, cycle: int, by: User | None
) -> Award:
    """Write a proposed award and return it. Raises AlreadyAwardedError."""
    on = awarding_date(inputs.version, person.at)
    about = awarded_person(person.records, on=on)
    draft = _draft(person, inputs, version, cycle=cycle, by=by, on=on, about=about)
    _save(draft)
    return draft


def write_grant(
    person: LockedLearner,
    award: Award,
    grounds: Grounds,
    *,
    learner_awards: LearnerAwards,
    by: User | None,
    awarded_on: date,
    about: AwardedPerson | None = None,
) -> Award:
    """Grant a proposed or new award on these grounds. Name, decision and attributions are written once, here.

    `about` is the learner as of the day `awarded_on`; None reads it. Sends `awarded`. Raises LowerAwardInReviewError,
    before anything is written, AlreadyAwardedError for a proposed award, and the constraint's own error for a new one,
    which the caller translates.
    """
    lower = reviews_below(grounds.attainments, learner_awards.rows)
    if lower.open_titles:
        raise LowerAwardInReviewError(lower.open_titles)
    about = about or awarded_person(person.records, on=awarded_on)
    version = award.achievement_version
    salt = new_salt()
    name = about.name_of(award.learner_id)
    award.state, award.decided_at, award.decided_by = AwardState.GRANTED, person.at, by
    award.requirements_met_on, award.awarded_on = grounds.moment.on, awarded_on
    award.name_as_awarded, award.name_salt = name, salt
    award.credits = version.credits if version.credits is not None else from_hundredths(grounds.earned) or None
    award.credit_unit = version.credit_unit
    if version.valid_for_months:
        until = next_day(Span(version.valid_for_months, Unit.MONTHS).last_day_from(awarded_on))
        award.valid_until = until
        if until is not None:  # a day past the calendar's end never comes
            award.holds_until = clock.day_begins(until, awarding_of(grounds.version).zone)
    award.decision = decision_of(
        grounds,
        award,
        records=about.public_ids,
        achievement=version.content or {},
        name_digest=name_digest(salt, name),
        awards=learner_awards.valid,
    )
    award.decision_digest = digest(award.decision)
    attributions = [
        Attribution(learner_id=award.learner_id, award=award, **columns)
        for columns in attribution_columns(award.decision)
    ]
    if award.pk is None:
        # One statement for both tables. A new award keeps its constraint errors for the caller.
        insert_linked(award, *attributions, link="award")
    else:
        _save(award)
        insert_rows(attributions)
    if lower.of_others_grounds:
        # A lower award stays by a decision about that award alone: this one needs a decision of its own.
        raise_for_others_grounds([award], at=person.at)
    awarded.send(Awarded(award, person.at))
    return award


def grounds_for(
    person: LockedLearner, inputs: AwardInputs, moment: Moment, *, solver: Solver | None = None
) -> Grounds | None:
    """Return the grounds for an award of this version; None where the requirements are not met."""
    return _grounds(person, inputs, moment, LearnerAwards(person).valid, solver)


def note_words(award: Award, about: WordsAbout, words: str) -> None:
    """Store a note on the award in its own row, so that it can be erased; an empty note is not stored."""
    if words.strip():
        AwardBody.objects.create(award=award, about=about, content=words.strip(), salt=new_salt())


def next_cycle(person: LockedLearner, version: AchievementVersion) -> int:
    """Return the cycle after the last one in which the learner was granted this achievement."""
    rows = Award.objects.awarded().filter(learner__in=person.records, achievement=version.achievement_id)
    return int(rows.aggregate(last=Max("cycle"))["last"] or 0) + 1


def _grounds(
    person: LockedLearner, inputs: AwardInputs, moment: Moment, standing: Sequence[Award], solver: Solver | None
) -> Grounds | None:
    tree = audited_tree_of(inputs.version, inputs.method)
    return grounds_of(
        inputs.version,
        method=inputs.method,
        facts=facts_for(tree, inputs.enrollment),
        records=person.records,
        attainments=with_awards(tree, inputs.attainments, standing),
        exceptions=inputs.exceptions,
        moment=moment,
        previous=inputs.previous,
        audited=inputs.audited,
        competencies=inputs.competencies,
        solver=solver,
    )


def _awaiting(tree: rules.Requirement, outcome: AuditOutcome, awaiting: int) -> list[rules.Requirement]:
    """Return the program nodes with a complete tree and without an award, innermost first.

    `awaiting` is the distance of such a node.
    """
    nodes = [node for node in tree.walk() if node.kind is rules.Kind.PROGRAM and node.children]
    return [node for node in reversed(nodes) if outcome.node(node.id).distance == awaiting]


def _meet_again(earlier: Sequence[Award], on: date, person: LockedLearner, inputs: AwardInputs) -> None:
    """Set the day of an open proposal to the day on which its requirements were met again."""
    for award in earlier:
        if award.state == AwardState.PROPOSED and award.enrollment_id == inputs.enrollment.pk:
            award.requirements_met_on = on
            award.met_at = awarded_person(person.records, on=on).known_at(person.at)
            award.save(update_fields=["requirements_met_on", "met_at"])


def _draft(
    person: LockedLearner,
    inputs: AwardInputs,
    version: AchievementVersion,
    *,
    cycle: int,
    by: User | None,
    on: date,
    about: AwardedPerson,
) -> Award:
    return Award(
        learner_id=inputs.enrollment.learner_id,
        achievement=version.achievement,
        achievement_version=version,
        program_version=inputs.version,
        enrollment=inputs.enrollment,
        cycle=cycle,
        kind=AwardKind.EARNED,
        state=AwardState.PROPOSED,
        requirements_met_on=on,
        met_at=about.known_at(person.at),
        credit_unit=version.credit_unit,
        proposed_at=person.at,
        proposed_by=by,
    )


def _save(award: Award) -> None:
    with constraint_errors(REFUSALS):
        award.save()
