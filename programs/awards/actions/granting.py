"""Writes awards: the one place where one is proposed or granted, and what rule grants at once.

Everything here runs with the person's lock held and inside the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Max, QuerySet

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.locked_learner import LockedLearner
from accounts.models import User
from assessments.mastery.rules.time_spans import Span, Unit, next_day
from core import clock
from core.database.compiled import compiled
from core.database.ledger import new_salt
from core.text.canonical import digest
from programs.announcements import Awarded, awarded
from programs.audit.queries.attainments import exceptions_inside, with_awards
from programs.audit.queries.audits import CONTEXT
from programs.audit.queries.awarding import awarding_date, awarding_of
from programs.audit.queries.trees import stacked_versions, tree_of
from programs.audit.rules import requirements as rules
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.qualifiers import from_hundredths
from programs.audit.rules.result import AuditOutcome
from programs.awards.queries.awarded_person import AwardedPerson, awarded_person
from programs.awards.queries.grounds import Grounds, Moment, attribution_columns, decision_of, grounds_of, name_digest
from programs.curriculum.queries.achievements import achievement_of
from programs.errors import AlreadyAwardedError
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
class Held:
    """All awards of a locked person, asked for at most once until one is written."""

    person: LockedLearner
    _rows: list[Award] | None = field(default=None)

    @property
    def rows(self) -> list[Award]:
        if self._rows is None:
            self._rows = _awards_of(self.person.records)
        return self._rows

    @property
    def standing(self) -> list[Award]:
        return [row for row in self.rows if row.stands]

    def of(self, version: AchievementVersion) -> list[Award]:
        """Those of one achievement, whatever became of them."""
        return [row for row in self.rows if row.achievement_id == version.achievement_id]

    def forget(self) -> None:
        """Ask again next time."""
        self._rows = None


@dataclass(frozen=True)
class Earned:
    """A program version whose tree may be met, and what its audit is given; `anew` where it was not met before.

    `audited` is what an audit of exactly this has just found, on the day `on` where the version is awarded: None where
    there was none, and then both are worked out. `competencies` are ids by public id, as far as they are at hand.
    """

    version: ProgramVersion
    enrollment: Enrollment
    attainments: Sequence[Attainment]
    exceptions: Sequence[RequirementException]
    previous: Assignment | None = None
    anew: bool = False
    audited: AuditOutcome | None = None
    on: date | None = None
    competencies: Mapping[str, int] = field(default_factory=dict)


def award_inside(
    person: LockedLearner,
    enrollment: Enrollment,
    outcome: AuditOutcome,
    *,
    brought: Sequence[Attainment],
    competencies: Mapping[str, int],
    held: Held,
    solver: Solver | None,
) -> list[Award]:
    """Grant or propose the stacked programs of an enrollment that lack their award alone; those granted, lowest first.

    A program that waits for awards inside it comes when those are there: whoever calls audits again and asks again.
    """
    granted = []
    for node in _awaiting(tree_of(enrollment.version), outcome):
        version = _version(stacked_versions(enrollment.version)[node.names[0]])[0]
        decisions = exceptions_inside(enrollment, version)
        earned = Earned(version, enrollment, brought, decisions, competencies=competencies)
        award = award_by_rule(person, earned, held=held, solver=solver)
        granted += [award] if award is not None else []
    return granted


@compiled
def _version(public_id: UUID) -> QuerySet[ProgramVersion]:
    rows = ProgramVersion.objects.filter(public_id=public_id).select_related("program__organization")
    return rows.defer("content")


def award_by_rule(person: LockedLearner, earned: Earned, *, held: Held, solver: Solver | None) -> Award | None:
    """Grant what rule grants, propose the rest to a registrar; the award where one was granted.

    Rule acts on the first award of a person in an achievement only: after a proposal, a refusal, a lapse or a
    rescission a person decides.
    """
    version = achievement_of(earned.version)
    if version is None:
        return None
    on = earned.on or awarding_date(earned.version, person.at)
    earlier = held.of(version)
    if earlier:
        if earned.anew:
            _meet_again(earlier, on, person, earned)
        return None
    about = awarded_person(person.records, on=on)
    draft = _draft(person, earned, version, cycle=1, by=None, on=on, about=about)
    if not version.automatic:
        _save(draft)
        held.forget()
        return None
    moment = Moment(on, clock.civil_date(draft.met_at, person.zone), draft.met_at)
    grounds = _grounds(person, earned, moment, held.standing, solver)
    if grounds is None:
        return None
    # Under the person's lock no award of it was there: a refusal is no answer to anybody, and undoes everything.
    with constraint_errors(REFUSALS, goes_on=False):
        granted = write_grant(person, draft, grounds, held=held, by=None, awarded_on=on, about=about)
    held.forget()
    return granted


def propose(
    person: LockedLearner, earned: Earned, version: AchievementVersion, *, cycle: int, by: User | None
) -> Award:
    """A new award that waits to be granted. Raises AlreadyAwardedError."""
    on = awarding_date(earned.version, person.at)
    about = awarded_person(person.records, on=on)
    draft = _draft(person, earned, version, cycle=cycle, by=by, on=on, about=about)
    _save(draft)
    return draft


def write_grant(
    person: LockedLearner,
    award: Award,
    grounds: Grounds,
    *,
    held: Held,
    by: User | None,
    awarded_on: date,
    about: AwardedPerson | None = None,
) -> Award:
    """Grant a proposed or new award on these grounds: name, decision and attributions are written once, here.

    `about` is the person as on the day `awarded_on`, where that is at hand. Tells who listens. Raises
    AlreadyAwardedError, or the constraint's own error for a new award: the caller puts that into words.
    """
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
        achievement_digest=version.digest,
        name_digest=name_digest(salt, name),
        awards=held.standing,
    )
    award.decision_digest = digest(award.decision)
    if award.pk is None:
        award.save()
    else:
        _save(award)
    Attribution.objects.bulk_create(
        Attribution(learner_id=award.learner_id, award=award, **columns)
        for columns in attribution_columns(award.decision)
    )
    awarded.send(Awarded(award, person.at))
    return award


def grounds_for(
    person: LockedLearner, earned: Earned, moment: Moment, *, solver: Solver | None = None
) -> Grounds | None:
    """On what an award of this version could rest now; None where the requirements are not met."""
    return _grounds(person, earned, moment, Held(person).standing, solver)


def note_words(award: Award, about: WordsAbout, words: str) -> None:
    """Keep what somebody said beside the award."""
    if words.strip():
        AwardBody.objects.create(award=award, about=about, content=words.strip(), salt=new_salt())


def next_cycle(person: LockedLearner, version: AchievementVersion) -> int:
    """The cycle after the last in which this person was awarded it."""
    rows = Award.objects.awarded().filter(learner__in=person.records, achievement=version.achievement_id)
    return int(rows.aggregate(last=Max("cycle"))["last"] or 0) + 1


def _grounds(
    person: LockedLearner, earned: Earned, moment: Moment, standing: Sequence[Award], solver: Solver | None
) -> Grounds | None:
    return grounds_of(
        earned.version,
        records=person.records,
        brought=with_awards(tree_of(earned.version), earned.attainments, standing),
        exceptions=earned.exceptions,
        moment=moment,
        previous=earned.previous,
        audited=earned.audited,
        competencies=earned.competencies,
        solver=solver,
    )


def _awaiting(tree: rules.Requirement, outcome: AuditOutcome) -> list[rules.Requirement]:
    """The program nodes whose tree is complete and whose award is missing, innermost first."""
    nodes = [node for node in tree.walk() if node.kind is rules.Kind.PROGRAM and node.children]
    return [node for node in reversed(nodes) if outcome.node(node.id).distance == CONTEXT.awaiting]


def _meet_again(earlier: Sequence[Award], on: date, person: LockedLearner, earned: Earned) -> None:
    """A proposal whose requirements were not met for a while speaks of the day on which they were met again."""
    for award in earlier:
        if award.state == AwardState.PROPOSED and award.enrollment_id == earned.enrollment.pk:
            award.requirements_met_on = on
            award.met_at = awarded_person(person.records, on=on).known_at(person.at)
            award.save(update_fields=["requirements_met_on", "met_at"])


def _draft(
    person: LockedLearner,
    earned: Earned,
    version: AchievementVersion,
    *,
    cycle: int,
    by: User | None,
    on: date,
    about: AwardedPerson,
) -> Award:
    return Award(
        learner_id=earned.enrollment.learner_id,
        achievement=version.achievement,
        achievement_version=version,
        program_version=earned.version,
        enrollment=earned.enrollment,
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
