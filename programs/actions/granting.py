"""Writes awards: the one place where one is proposed or granted, and what rule grants at once.

Everything here runs with the person's lock held and inside the caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Max, QuerySet

from accounts.actions.persons import Person
from accounts.actions.refusals import refused_as
from accounts.models import Learner, User
from accounts.queries import legal_name_of
from assessments.rules.spans import Span, Unit, next_day
from config.base import clock
from config.base.canonical import digest
from config.base.compiled import compiled
from programs.actions.writing import new_salt
from programs.announcements import Awarded, awarded
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
from programs.queries.achievements import achievement_of
from programs.queries.attainments import exceptions_inside, with_awards
from programs.queries.audits import CONTEXT, awarding_of
from programs.queries.award_grounds import (
    Grounds,
    Moment,
    attribution_columns,
    decision_of,
    grounds_of,
    name_digest,
    newest_known,
)
from programs.queries.trees import stacked_versions, tree_of
from programs.rules import requirements as rules
from programs.rules.attainments import Attainment, RequirementException
from programs.rules.audit_result import Outcome
from programs.rules.completion.answers import Solver
from programs.rules.completion.assignment import Assignment
from programs.rules.qualifiers import from_hundredths

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

    person: Person
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
    """A program version whose tree may be met, and what its audit is given; `anew` where it was not met before."""

    version: ProgramVersion
    enrollment: Enrollment
    attainments: Sequence[Attainment]
    exceptions: Sequence[RequirementException]
    previous: Assignment | None = None
    anew: bool = False


def award_inside(
    person: Person,
    enrollment: Enrollment,
    outcome: Outcome,
    *,
    brought: Sequence[Attainment],
    held: Held,
    solver: Solver | None,
) -> list[Award]:
    """Grant or propose the stacked programs of an enrollment that lack their award alone; those granted, lowest first.

    A program that waits for awards inside it comes when those are there: whoever calls audits again and asks again.
    """
    granted = []
    for node in _awaiting(tree_of(enrollment.version), outcome):
        version = _version(stacked_versions(enrollment.version)[node.names[0]])[0]
        earned = Earned(version, enrollment, brought, exceptions_inside(enrollment, version))
        award = award_by_rule(person, earned, held=held, solver=solver)
        granted += [award] if award is not None else []
    return granted


@compiled
def _version(public_id: UUID) -> QuerySet[ProgramVersion]:
    rows = ProgramVersion.objects.filter(public_id=public_id).select_related("program__organization")
    return rows.defer("content")


def award_by_rule(person: Person, earned: Earned, *, held: Held, solver: Solver | None) -> Award | None:
    """Grant what rule grants, propose the rest to a registrar; the award where one was granted.

    Rule acts on the first award of a person in an achievement only: after a proposal, a refusal, a lapse or a
    rescission a person decides.
    """
    version = achievement_of(earned.version)
    if version is None:
        return None
    on = clock.civil_date(person.at, awarding_of(earned.version).zone)
    earlier = held.of(version)
    if earlier:
        if earned.anew:
            _meet_again(earlier, on, person, earned)
        return None
    draft = _draft(person, earned, version, cycle=1, by=None, on=on)
    if not version.automatic:
        _save(draft)
        held.forget()
        return None
    moment = Moment(on, clock.civil_date(draft.met_at, person.zone), draft.met_at)
    grounds = _grounds(person, earned, moment, held.standing, solver)
    if grounds is None:
        return None
    granted = write_grant(person, draft, grounds, held=held, by=None, awarded_on=on)
    held.forget()
    return granted


def propose(person: Person, earned: Earned, version: AchievementVersion, *, cycle: int, by: User | None) -> Award:
    """A new award that waits to be granted. Raises AlreadyAwardedError."""
    on = clock.civil_date(person.at, awarding_of(earned.version).zone)
    draft = _draft(person, earned, version, cycle=cycle, by=by, on=on)
    _save(draft)
    return draft


def write_grant(
    person: Person, award: Award, grounds: Grounds, *, held: Held, by: User | None, awarded_on: date
) -> Award:
    """Grant a proposed or new award on these grounds: name, decision and attributions are written once, here.

    Tells who listens. Raises AlreadyAwardedError.
    """
    version = award.achievement_version
    zone = awarding_of(grounds.version).zone
    salt = new_salt()
    name = _name_of(award.learner, awarded_on)
    award.state, award.decided_at, award.decided_by = AwardState.GRANTED, person.at, by
    award.requirements_met_on, award.awarded_on = grounds.moment.on, awarded_on
    award.name_as_awarded, award.name_salt = name, salt
    award.credits = version.credits if version.credits is not None else from_hundredths(grounds.earned) or None
    award.credit_unit = version.credit_unit
    if version.valid_for_months:
        award.valid_until = next_day(Span(version.valid_for_months, Unit.MONTHS).last_day_from(awarded_on))
    award.holds_until = None if award.valid_until is None else clock.day_begins(award.valid_until, zone)
    award.decision = decision_of(
        grounds,
        award,
        records=_public_ids(person.records),
        achievement_digest=version.digest,
        name_digest=name_digest(salt, name),
        awards=held.standing,
    )
    award.decision_digest = digest(award.decision)
    _save(award)
    Attribution.objects.bulk_create(
        Attribution(learner_id=award.learner_id, award=award, **columns)
        for columns in attribution_columns(award.decision)
    )
    awarded.send(Awarded(award, person.at))
    return award


def grounds_for(person: Person, earned: Earned, moment: Moment, *, solver: Solver | None = None) -> Grounds | None:
    """On what an award of this version could rest now; None where the requirements are not met."""
    return _grounds(person, earned, moment, Held(person).standing, solver)


def note_words(award: Award, about: WordsAbout, words: str) -> None:
    """Keep what somebody said beside the award."""
    if words.strip():
        AwardBody.objects.create(award=award, about=about, content=words.strip(), salt=new_salt())


def next_cycle(person: Person, version: AchievementVersion) -> int:
    """The cycle after the last in which this person was awarded it."""
    rows = Award.objects.awarded().filter(learner__in=person.records, achievement=version.achievement_id)
    return int(rows.aggregate(last=Max("cycle"))["last"] or 0) + 1


def _grounds(
    person: Person, earned: Earned, moment: Moment, standing: Sequence[Award], solver: Solver | None
) -> Grounds | None:
    return grounds_of(
        earned.version,
        records=person.records,
        brought=with_awards(tree_of(earned.version), earned.attainments, standing),
        exceptions=earned.exceptions,
        moment=moment,
        previous=earned.previous,
        solver=solver,
    )


def _awaiting(tree: rules.Requirement, outcome: Outcome) -> list[rules.Requirement]:
    """The program nodes whose tree is complete and whose award is missing, innermost first."""
    nodes = [node for node in tree.walk() if node.kind is rules.Kind.PROGRAM and node.children]
    return [node for node in reversed(nodes) if outcome.node(node.id).distance == CONTEXT.awaiting]


def _meet_again(earlier: Sequence[Award], on: date, person: Person, earned: Earned) -> None:
    """A proposal whose requirements were not met for a while speaks of the day on which they were met again."""
    for award in earlier:
        if award.state == AwardState.PROPOSED and award.enrollment_id == earned.enrollment.pk:
            award.requirements_met_on, award.met_at = on, newest_known(person.records, person.at)
            award.save(update_fields=["requirements_met_on", "met_at"])


def _draft(
    person: Person,
    earned: Earned,
    version: AchievementVersion,
    *,
    cycle: int,
    by: User | None,
    on: date,
) -> Award:
    return Award(
        learner=earned.enrollment.learner,
        achievement=version.achievement,
        achievement_version=version,
        program_version=earned.version,
        enrollment=earned.enrollment,
        cycle=cycle,
        kind=AwardKind.EARNED,
        state=AwardState.PROPOSED,
        requirements_met_on=on,
        met_at=newest_known(person.records, person.at),
        credit_unit=version.credit_unit,
        proposed_at=person.at,
        proposed_by=by,
    )


def _save(award: Award) -> None:
    with refused_as(REFUSALS):
        award.save()


def _name_of(learner: Learner, on: date) -> str:
    """The legal name of that day; the number of somebody whose name nobody knows."""
    name = legal_name_of(learner, on=on)
    return name.text if name is not None else learner.learner_number


def _public_ids(records: Sequence[int]) -> list[str]:
    return [str(name) for name in Learner.objects.filter(pk__in=records).values_list("public_id", flat=True)]
