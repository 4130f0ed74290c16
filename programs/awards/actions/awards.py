"""Actions on awards: propose, grant, decline, rescind with approval, renew; and let awards lapse.

Each action of a person raises OwnRecordError where the award is their own.
"""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from accounts.actions.approvals import ask_approval
from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.actions.mails import enqueue_learner_mail
from accounts.models import Approval, ApprovalAct, ApprovedKind, Learner, Role, User
from accounts.queries.access import approval_for
from core import clock
from core.text.canonical import digest
from programs import jobs
from programs.announcements import AwardEnded, rescinded
from programs.audit.queries.attainments import attainments_of, exceptions_inside, milestones_and_recognitions
from programs.audit.queries.audits import kept_assignment
from programs.audit.queries.awarding import awarding_date
from programs.audit.queries.trees import stacked_versions
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import NEWEST, Method
from programs.awards.actions.concerns import raise_for_awards_above, settle_for_ended_award
from programs.awards.actions.granting import (
    AwardInputs,
    LearnerAwards,
    grounds_for,
    next_cycle,
    note_words,
    propose,
    write_grant,
)
from programs.awards.actions.progress import reaudit_person
from programs.awards.queries.awarded_person import awarded_person
from programs.awards.queries.grounds import Grounds, Moment, mastery_as_of
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
    """Put an award of the enrollment's program version, or of one stacked in it, on the registrar's list.

    Only a person can propose an award again after it was declined or rescinded; no rule does. Raises
    WordsMissingError, AwardsNothingError, AlreadyAwardedError, RequirementsNotMetError.
    """
    _require_words(words)
    person = locked_learner(enrollment.learner, at=at)
    person.require_another(by)
    inputs = _award_inputs(_enrollment(enrollment), version, person)
    achievement = _achievement(inputs.version)
    learner_awards = LearnerAwards(person)
    if any(row.state in {AwardState.PROPOSED, AwardState.GRANTED} for row in learner_awards.of(achievement)):
        raise AlreadyAwardedError
    if grounds_for(person, inputs, _now(person, inputs), solver=solver) is None:
        raise RequirementsNotMetError
    last = max(learner_awards.of(achievement), key=lambda row: (row.cycle, row.pk), default=None)
    cycle = 1 if last is None else last.cycle + (last.state == AwardState.LAPSED)
    award = propose(person, inputs, achievement, cycle=cycle, by=by)
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
    """Grant a proposed award. `awarded_on` is a civil date of the awarding organization, by default today.

    The grounds are those of its `requirements_met_on`, by all that is known now. Where the requirements were not met on
    that day after all, the grounds are those of today. Raises NotProposedError, RequirementsNotMetError,
    AwardedOnError, AlreadyAwardedError, and LowerAwardInReviewError where an award below it is in review.
    """
    # The learner is locked before the award is read: two registrars cannot decide one proposal at once.
    person = locked_learner(award.learner, at=at)
    person.require_another(by)
    locked = _locked(award)
    if locked.state != AwardState.PROPOSED or locked.enrollment is None or locked.program_version is None:
        raise NotProposedError
    inputs = _award_inputs(locked.enrollment, locked.program_version, person)
    today = awarding_date(inputs.version, person.at)
    day = awarded_on or today
    grounds = _grounds_then(person, locked, inputs, solver) or grounds_for(
        person, inputs, _now(person, inputs), solver=solver
    )
    if grounds is None:
        raise RequirementsNotMetError
    if not grounds.moment.on <= day <= today:
        raise AwardedOnError
    write_grant(person, locked, grounds, learner_awards=LearnerAwards(person), by=by, awarded_on=day)
    note_words(locked, WordsAbout.DECISION, words)
    reaudit_person(person)
    return locked


@transaction.atomic
def decline_award(award: Award, *, by: User, words: str, at: datetime | None = None) -> Award:
    """Decline a proposed award; no rule proposes it again. Raises WordsMissingError, NotProposedError."""
    _require_words(words)
    person = locked_learner(award.learner, at=at)
    person.require_another(by)
    locked = _locked(award)
    if locked.state != AwardState.PROPOSED:
        raise NotProposedError
    locked.state, locked.decided_at, locked.decided_by = AwardState.DECLINED, person.at, by
    locked.save(update_fields=["state", "decided_at", "decided_by"])
    settle_for_ended_award(locked, by=by, at=person.at)
    note_words(locked, WordsAbout.DECISION, words)
    return locked


@transaction.atomic
def ask_to_rescind(award: Award, *, by: User, reason: str, at: datetime) -> Approval:
    """Ask a second registrar to approve that this award is rescinded. Raises OwnRecordError, ApprovalOpenError."""
    locked_learner(award.learner, at=at).require_another(by)
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
    """Return the digest of what an approval to rescind this award approves."""
    return digest({"rescinds": str(award.public_id), "decision": award.decision_digest})


@transaction.atomic
def rescind_award(award: Award, *, reason: EndReason, by: User, words: str, at: datetime | None = None) -> Award:
    """Rescind an award, finally. Awards that depend on it stay valid, and are listed for review.

    Raises WordsMissingError, NotStandingError, and ApprovalMissingError without a second person's approval.
    """
    _require_words(words)
    person = locked_learner(award.learner, at=at)
    person.require_another(by)
    locked = _locked(award)
    if not locked.stands:
        raise NotStandingError
    # The approval must be for exactly this decision: its digest is void when the award has changed since.
    approval_for(
        ApprovalAct.RESCIND,
        kind=ApprovedKind.AWARD,
        subject_id=locked.public_id,
        digest=rescission_digest(locked),
    )
    _end(locked, AwardState.RESCINDED, reason, by=by, at=person.at)
    note_words(locked, WordsAbout.END, words)
    # Listeners enqueue the revocation of the credential in this transaction: it cannot be lost.
    rescinded.send(AwardEnded(locked, person.at, "rescinded"))
    enqueue_learner_mail(jobs.MAIL_RESCINDED, locked.pk, person=person)
    reaudit_person(person)
    return locked


@transaction.atomic
def renew_award(
    award: Award, *, by: User, words: str = "", at: datetime | None = None, solver: Solver | None = None
) -> Award:
    """Grant the achievement again, in the next cycle, if the award has an end and the requirements are met today.

    Raises NotRenewableError, RequirementsNotMetError, AlreadyAwardedError, LowerAwardInReviewError.
    """
    person = locked_learner(award.learner, at=at)
    person.require_another(by)
    locked = _locked(award)
    renewable = locked.state == AwardState.LAPSED or (locked.stands and locked.valid_until is not None)
    if not renewable or locked.enrollment is None or locked.program_version is None:
        raise NotRenewableError
    version = locked.achievement_version
    # Only the latest cycle is renewed: an older award has been renewed already.
    if next_cycle(person, version) != locked.cycle + 1:
        raise AlreadyAwardedError
    inputs = _award_inputs(locked.enrollment, locked.program_version, person)
    grounds = grounds_for(person, inputs, _now(person, inputs), solver=solver)
    if grounds is None:
        raise RequirementsNotMetError
    fresh = propose(person, inputs, version, cycle=locked.cycle + 1, by=by)
    write_grant(person, fresh, grounds, learner_awards=LearnerAwards(person), by=by, awarded_on=grounds.moment.on)
    note_words(fresh, WordsAbout.DECISION, words)
    reaudit_person(person)
    return fresh


@transaction.atomic
def lapse_due(learner_id: int, *, at: datetime) -> list[Award]:
    """Let the awards of a learner lapse that are valid only until before `at`; return them."""
    person = locked_learner(Learner.objects.get(pk=learner_id), at=at)
    due = [_locked(row) for row in Award.objects.standing().due(at).filter(learner__in=person.records).order_by("pk")]
    for award in due:
        _end(award, AwardState.LAPSED, EndReason.EXPIRED, by=None, at=person.at)
        rescinded.send(AwardEnded(award, person.at, "lapsed"))
    if due:
        reaudit_person(person)
    return due


def learners_with_due_awards(*, at: datetime) -> list[int]:
    """Return the records with awards that must lapse by `at`, the longest overdue first."""
    rows = Award.objects.standing().due(at).order_by("holds_until", "learner").values_list("learner", flat=True)
    return list(dict.fromkeys(rows))


def _end(award: Award, state: AwardState, reason: EndReason, *, by: User | None, at: datetime) -> None:
    award.state, award.ended_at, award.ended_by, award.end_reason = state, at, by, reason
    award.holds_until = None
    award.save(update_fields=["state", "ended_at", "ended_by", "end_reason", "holds_until"])
    settle_for_ended_award(award, by=by, at=at)
    raise_for_awards_above(award, at=at)


def _require_words(words: str) -> None:
    if not words.strip():
        raise WordsMissingError


def _locked(award: Award) -> Award:
    """Read the row again; the learner's lock keeps it unchanged until the transaction ends."""
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
    achievement = achievement_of(version)
    if achievement is None:
        raise AwardsNothingError
    return achievement


def _award_inputs(enrollment: Enrollment, version: ProgramVersion | None, person: LockedLearner) -> AwardInputs:
    """Return the inputs of an audit of the enrollment's version, or of one stacked in it with its exceptions."""
    wanted = version or enrollment.version
    progress = Progress.objects.filter(enrollment=enrollment).first()
    method = NEWEST if progress is None else Method(progress.method)
    attainments = attainments_of(person.record, at=person.at, method=method)
    decisions = exceptions_inside(enrollment, wanted, method=method)
    if wanted.pk != enrollment.version_id and wanted.public_id not in stacked_versions(enrollment.version).values():
        raise AwardsNothingError
    # The stored assignment keeps a plan that only a solver can find, so that no solver is needed here.
    previous = kept_assignment(progress) if wanted.pk == enrollment.version_id else None
    return AwardInputs(wanted, enrollment, method, attainments, decisions, previous)


def _now(person: LockedLearner, inputs: AwardInputs) -> Moment:
    on = awarding_date(inputs.version, person.at)
    known_at = awarded_person(person.records, on=on).known_at(person.at)
    return Moment(on, clock.civil_date(known_at, person.zone), known_at)


def _grounds_then(person: LockedLearner, award: Award, inputs: AwardInputs, solver: Solver | None) -> Grounds | None:
    """Return the grounds as of the day on which the requirements were met, by all that is known now."""
    known_at = awarded_person(person.records, on=award.requirements_met_on).known_at(person.at)
    moment = Moment(award.requirements_met_on, clock.civil_date(award.met_at, person.zone), known_at)
    attainments: tuple[Attainment, ...] = (
        *mastery_as_of(person.carrier, person.records, moment, method=inputs.method),
        *milestones_and_recognitions(person.record, method=inputs.method),
    )
    then = replace(inputs, attainments=attainments)
    return grounds_for(person, then, moment, solver=solver)
