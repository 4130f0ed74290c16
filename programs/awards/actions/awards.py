"""What people do with awards: propose, grant, decline, rescind with a second person, renew; and what time does."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from accounts.actions.approvals import ask_approval
from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.models import Approval, ApprovalAct, ApprovedKind, Learner, Role, User
from accounts.queries import approval_for
from core import clock
from core.text.canonical import digest
from programs.announcements import AwardEnded, rescinded
from programs.audit.queries.attainments import attainments_of, exceptions_inside, milestones_and_recognitions
from programs.audit.queries.audits import kept_assignment
from programs.audit.queries.awarding import awarding_date
from programs.audit.queries.trees import stacked_versions
from programs.audit.rules.completion.solver_protocol import Solver
from programs.awards.actions.concerns import look_above, settle_with_award
from programs.awards.actions.granting import Earned, Held, grounds_for, next_cycle, note_words, propose, write_grant
from programs.awards.actions.progress import reaudit_person
from programs.awards.queries.awarded_person import awarded_person
from programs.awards.queries.grounds import Grounds, Moment, mastered_then
from programs.curriculum.queries.achievements import achievement_of
from programs.errors import (
    AlreadyAwardedError,
    AwardedOnError,
    AwardsNothingError,
    NotProposedError,
    NotRenewableError,
    NotStandingError,
    RequirementsNotMetError,
    WordsMissingError,
)
from programs.models import (
    AchievementVersion,
    Award,
    AwardState,
    EndReason,
    Enrollment,
    ProgramVersion,
    Progress,
    WordsAbout,
)
from programs.rules.attainments import Attainment


@transaction.atomic
def propose_award(
    enrollment: Enrollment,
    *,
    by: User,
    words: str,
    version: ProgramVersion | None = None,
    at: datetime | None = None,
    solver: Solver | None = None,
) -> Award:
    """Put an award on the registrar's list: of the enrollment's own program version, or of one stacked in it.

    This is how an award comes back after a refusal or a rescission; nothing does that by rule. Raises
    WordsMissingError, AwardsNothingError, AlreadyAwardedError, RequirementsNotMetError.
    """
    _said(words)
    person = locked_learner(enrollment.learner, at=at)
    earned = _earned(_enrollment(enrollment), version, person)
    achievement = _achievement(earned.version)
    held = Held(person)
    if any(row.state in {AwardState.PROPOSED, AwardState.GRANTED} for row in held.of(achievement)):
        raise AlreadyAwardedError
    if grounds_for(person, earned, _now(person, earned), solver=solver) is None:
        raise RequirementsNotMetError
    last = max(held.of(achievement), key=lambda row: (row.cycle, row.pk), default=None)
    cycle = 1 if last is None else last.cycle + (last.state == AwardState.LAPSED)
    award = propose(person, earned, achievement, cycle=cycle, by=by)
    note_words(award, WordsAbout.PROPOSAL, words)
    return award


@transaction.atomic
def grant_award(
    award: Award,
    *,
    by: User,
    awarded_on: date | None = None,
    words: str = "",
    at: datetime | None = None,
    solver: Solver | None = None,
) -> Award:
    """Grant a proposed award, on a civil date where it is awarded: today, unless given.

    It rests on what was met on its `requirements_met_on`, as it is known now; where that is not so any more, on what is
    met today. Raises NotProposedError, RequirementsNotMetError, AwardedOnError, AlreadyAwardedError.
    """
    person = locked_learner(award.learner, at=at)
    locked = _locked(award)
    if locked.state != AwardState.PROPOSED or locked.enrollment is None or locked.program_version is None:
        raise NotProposedError
    earned = _earned(locked.enrollment, locked.program_version, person)
    today = awarding_date(earned.version, person.at)
    day = awarded_on or today
    grounds = _grounds_then(person, locked, earned, solver) or grounds_for(
        person, earned, _now(person, earned), solver=solver
    )
    if grounds is None:
        raise RequirementsNotMetError
    if not grounds.moment.on <= day <= today:
        raise AwardedOnError
    write_grant(person, locked, grounds, held=Held(person), by=by, awarded_on=day)
    note_words(locked, WordsAbout.DECISION, words)
    reaudit_person(person)
    return locked


@transaction.atomic
def decline_award(award: Award, *, by: User, words: str, at: datetime | None = None) -> Award:
    """Refuse a proposed award; it is not proposed again by rule. Raises WordsMissingError, NotProposedError."""
    _said(words)
    person = locked_learner(award.learner, at=at)
    locked = _locked(award)
    if locked.state != AwardState.PROPOSED:
        raise NotProposedError
    locked.state, locked.decided_at, locked.decided_by = AwardState.DECLINED, person.at, by
    locked.save(update_fields=["state", "decided_at", "decided_by"])
    note_words(locked, WordsAbout.DECISION, words)
    return locked


def ask_to_rescind(award: Award, *, by: User, reason: str, at: datetime) -> Approval:
    """Ask a second registrar to let this award be rescinded."""
    return ask_approval(
        ApprovalAct.RESCIND,
        kind=ApprovedKind.AWARD,
        subject_id=award.public_id,
        digest=rescission_digest(award),
        role=Role.REGISTRAR,
        reason=reason,
        by=by,
        at=at,
    )


def rescission_digest(award: Award) -> str:
    """What an approval to rescind an award is given for."""
    return digest({"rescinds": str(award.public_id), "decision": award.decision_digest})


@transaction.atomic
def rescind_award(award: Award, *, reason: EndReason, by: User, words: str, at: datetime | None = None) -> Award:
    """Take an award back, for good. What was built on it stands; it is put on the worklist.

    Raises WordsMissingError, NotStandingError, and ApprovalMissingError without a second person's approval.
    """
    _said(words)
    person = locked_learner(award.learner, at=at)
    locked = _locked(award)
    if not locked.stands:
        raise NotStandingError
    approval_for(
        ApprovalAct.RESCIND,
        kind=ApprovedKind.AWARD,
        subject_id=locked.public_id,
        digest=rescission_digest(locked),
    )
    _end(locked, AwardState.RESCINDED, reason, by=by, at=person.at)
    note_words(locked, WordsAbout.END, words)
    rescinded.send(AwardEnded(locked, person.at, "rescinded"))
    reaudit_person(person)
    return locked


@transaction.atomic
def renew_award(
    award: Award, *, by: User, words: str = "", at: datetime | None = None, solver: Solver | None = None
) -> Award:
    """Grant the achievement anew, in the next cycle: for an award whose time ends or has ended, if all is met today.

    Raises NotRenewableError, RequirementsNotMetError, AlreadyAwardedError.
    """
    person = locked_learner(award.learner, at=at)
    locked = _locked(award)
    renewable = locked.state == AwardState.LAPSED or (locked.stands and locked.valid_until is not None)
    if not renewable or locked.enrollment is None or locked.program_version is None:
        raise NotRenewableError
    version = locked.achievement_version
    if next_cycle(person, version) != locked.cycle + 1:
        raise AlreadyAwardedError
    earned = _earned(locked.enrollment, locked.program_version, person)
    grounds = grounds_for(person, earned, _now(person, earned), solver=solver)
    if grounds is None:
        raise RequirementsNotMetError
    fresh = propose(person, earned, version, cycle=locked.cycle + 1, by=by)
    write_grant(person, fresh, grounds, held=Held(person), by=by, awarded_on=grounds.moment.on)
    note_words(fresh, WordsAbout.DECISION, words)
    reaudit_person(person)
    return fresh


@transaction.atomic
def lapse_due(learner_id: int, *, at: datetime) -> list[Award]:
    """End the awards of a person whose time is over by `at`."""
    person = locked_learner(Learner.objects.get(pk=learner_id), at=at)
    due = [_locked(row) for row in Award.objects.standing().due(at).filter(learner__in=person.records).order_by("pk")]
    for award in due:
        _end(award, AwardState.LAPSED, EndReason.EXPIRED, by=None, at=person.at)
        rescinded.send(AwardEnded(award, person.at, "lapsed"))
    if due:
        reaudit_person(person)
    return due


def learners_with_due_awards(*, at: datetime) -> list[int]:
    """The records with awards whose time is over by `at`, those that wait longest first."""
    rows = Award.objects.standing().due(at).order_by("holds_until", "learner").values_list("learner", flat=True)
    return list(dict.fromkeys(rows))


@transaction.atomic
def erase_name(award: Award, *, at: datetime | None = None) -> Award:
    """Let go of the name as awarded when its retention has ended; its digest stays in the decision."""
    locked_learner(award.learner, at=at)
    locked = _locked(award)
    locked.name_as_awarded = None
    locked.save(update_fields=["name_as_awarded"])
    return locked


def _end(award: Award, state: AwardState, reason: EndReason, *, by: User | None, at: datetime) -> None:
    award.state, award.ended_at, award.ended_by, award.end_reason = state, at, by, reason
    award.holds_until = None
    award.save(update_fields=["state", "ended_at", "ended_by", "end_reason", "holds_until"])
    settle_with_award(award, by=by, at=at)
    look_above(award, at=at)


def _said(words: str) -> None:
    if not words.strip():
        raise WordsMissingError


def _locked(award: Award) -> Award:
    """The row as it is now; the person's lock keeps it so."""
    rows = Award.objects.select_related(
        "learner",
        "achievement",
        "achievement_version__achievement",
        "program_version__program__organization",
        "enrollment__version__program__organization",
        "enrollment__learner",
    )
    return rows.get(pk=award.pk)


def _enrollment(enrollment: Enrollment) -> Enrollment:
    return Enrollment.objects.select_related("version__program__organization", "learner").get(pk=enrollment.pk)


def _achievement(version: ProgramVersion) -> AchievementVersion:
    found = achievement_of(version)
    if found is None:
        raise AwardsNothingError
    return found


def _earned(enrollment: Enrollment, version: ProgramVersion | None, person: LockedLearner) -> Earned:
    """The enrollment's own version, or one stacked in it with the exceptions that lie inside it."""
    wanted = version or enrollment.version
    brought = attainments_of(person.record, at=person.at)
    decisions = exceptions_inside(enrollment, wanted)
    if wanted.pk != enrollment.version_id and wanted.public_id not in stacked_versions(enrollment.version).values():
        raise AwardsNothingError
    # What counted for what when it was last worked out: a plan that only a solver finds is kept without one.
    row = Progress.objects.filter(enrollment=enrollment).first() if wanted.pk == enrollment.version_id else None
    return Earned(wanted, enrollment, brought, decisions, kept_assignment(row))


def _now(person: LockedLearner, earned: Earned) -> Moment:
    on = awarding_date(earned.version, person.at)
    known_at = awarded_person(person.records, on=on).known_at(person.at)
    return Moment(on, clock.civil_date(known_at, person.zone), known_at)


def _grounds_then(person: LockedLearner, award: Award, earned: Earned, solver: Solver | None) -> Grounds | None:
    """The grounds as of the day on which the requirements were met, by all that is known now."""
    known_at = awarded_person(person.records, on=award.requirements_met_on).known_at(person.at)
    moment = Moment(award.requirements_met_on, clock.civil_date(award.met_at, person.zone), known_at)
    brought: tuple[Attainment, ...] = (
        *mastered_then(person.carrier, person.records, moment),
        *milestones_and_recognitions(person.record),
    )
    then = replace(earned, attainments=brought)
    return grounds_for(person, then, moment, solver=solver)
