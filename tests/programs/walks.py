"""Random lives of one person: acts of every kind in a random order, each at its own instant."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.actions.approvals import decide_approval
from accounts.actions.learners import create_learner
from accounts.models import Approval, ApprovalAct, Learner, LearnerLink, Organization, Role, User
from assessments.evidence.actions import record_evidence, void_evidence
from assessments.mastery.actions.policies import assign_policy, end_assignment, make_policy
from assessments.mastery.actions.recomputing import due_learners as learners_with_due_mastery
from assessments.mastery.actions.recomputing import learners_with_parents, recompute_if_due, recompute_parents
from assessments.models import Assessment, CorrectionReason, Evidence, Judgement, PolicyAssignment, VoidReason
from assessments.models import Basis as EvidenceBasis
from assessments.work.actions.correcting import correct_judgement
from competencies.models import Competency
from core import clock
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.reissuing import reissue
from credentials.issuing.actions.revoking import ask_to_revoke, revoke, revoke_rescinded
from credentials.issuing.actions.signing import sign_prepared
from credentials.models import Credential, IssueReason, RevocationClass
from portal.actions.linking import link_persons, part_persons
from programs.audit.queries.attainments import attainments_of
from programs.audit.queries.trees import FIRST_CONTENT, content_format_of
from programs.audit.rules.context import Method
from programs.audit.solvers.cp_sat import CpSat
from programs.awards.actions.awards import (
    ask_to_rescind,
    decline_award,
    grant_award,
    lapse_due,
    learners_with_due_awards,
    propose_award,
    renew_award,
    rescind_award,
)
from programs.awards.actions.concerns import settle_concern
from programs.awards.actions.moving import move_learner
from programs.awards.actions.progress import due_learners, reaudit, reaudit_if_due, settle
from programs.curriculum.actions.authoring import Node, make_draft, save_requirement
from programs.curriculum.actions.publishing import ask_to_replace, ask_to_retire, publish_version, retire_version
from programs.decisions.actions import (
    grant_exception,
    record_milestone,
    record_recognition,
    save_milestone,
    withdraw_decision,
)
from programs.decisions.actions.approving import approve_exceptions, ask_again
from programs.decisions.actions.exceptions import Wanted, grant_exceptions
from programs.decisions.actions.withdrawing import learners_with_ended_exceptions, raise_for_ended_exceptions
from programs.enrollment.actions.completing import complete_awarded, learners_to_complete
from programs.enrollment.actions.enrolling import change_version, correct_event, enroll, record_event
from programs.models import (
    Award,
    AwardConcern,
    EndReason,
    Enrollment,
    EnrollmentEvent,
    EventReason,
    ExceptionBatch,
    Granting,
    Milestone,
    MilestoneReached,
    ProgramVersion,
    Progress,
    Recognition,
    RecognitionBasis,
    RequirementException,
    RequirementKind,
)
from programs.rules.attainments import Basis, ExceptionKind
from programs.rules.enrollment import EventKind
from tests.assessments.places import (
    MONDAY,
    finding,
    level_of,
    new_competency,
    new_framework,
    new_scale,
    policy_json,
    put_below,
)
from tests.assessments.work import entries, hand_in, judge, new_assessment
from tests.programs.earlier import as_published_before
from tests.programs.places import ask_for, awarding, draft_of, ladder_of, open_assessment, root_of
from tests.recipes import institution, make_staff

Drawn = TypeVar("Drawn", bound=Model)
EVENTS = (
    EventKind.PAUSE,
    EventKind.RESUME,
    EventKind.WITHDRAW,
    EventKind.DISMISS,
    EventKind.READMIT,
    EventKind.COMPLETE,
)


@dataclass(frozen=True)
class World:
    """What walks share: staff, competencies, milestones and programs in force."""

    school: Organization
    registrar: User
    second: User
    competencies: tuple[Competency, ...]
    versions: tuple[ProgramVersion, ...]
    milestones: tuple[Milestone, ...]
    assessor: User
    task: Assessment


def make_world() -> World:
    """Two programs that share a competency, a choice with free credits, milestones, a ladder, and one from children."""
    school: Organization = institution.make()
    registrar, second = make_staff(Role.REGISTRAR), make_staff(Role.REGISTRAR)
    scale, framework = new_scale(), new_framework()
    a, b, c, d, whole, other = (new_competency(framework, code, scale) for code in ("a", "b", "c", "d", "whole", "x"))
    put_below(whole, c, d)
    every_part = {"method": "all@1", "scale": str(scale.public_id)}
    parts = make_policy("Parts", definition=every_part, by=registrar, at=MONDAY)
    assign_policy(parts, competency=whole, at=MONDAY)
    recent = make_policy(
        "Recent", definition=policy_json(scale, method="latest@1", recency_days=40), by=registrar, at=MONDAY
    )
    assign_policy(recent, competency=d, at=MONDAY)
    open_assessment(school, a, b, c, d, other)
    task = new_assessment(a, organization=school)
    issuer = save_issuer(None, organization=school, slug="lakeside", name="Lakeside College", by=None, at=MONDAY)
    # The key is as old as the clock of the database says: before that nothing had to be signed.
    make_first_key(issuer, by=None, at=clock.now())
    ladder = ladder_of(school, a, b, c, d, valid_for_months=1)
    reached = save_milestone(None, title="Reached", unit="", at=MONDAY)
    hours = save_milestone(None, title="Hours", unit="hours", at=MONDAY)
    one = as_published_before(publish_version(draft_of(school, "One", a), by=None, at=MONDAY))
    both = as_published_before(awarding(draft_of(school, "Both", a, b), Granting.AUTOMATIC))
    return World(
        school,
        registrar,
        second,
        (a, b, c, d, other),
        (one, both, _choice(school, a, b, c, reached, hours), _family(school, whole, d), *_of(ladder)),
        (reached, hours),
        make_staff(Role.ASSESSOR),
        task,
    )


def _of(ladder: object) -> tuple[ProgramVersion, ...]:
    return tuple(vars(ladder).values())


def _choice(
    school: Organization, a: Competency, b: Competency, c: Competency, reached: Milestone, hours: Milestone
) -> ProgramVersion:
    draft = draft_of(school, "Choice")
    root = root_of(draft)
    choose = Node(kind=RequirementKind.CHOOSE, title="One of them", choose_count=1)
    group = save_requirement(None, version=draft, parent=root, node=choose)
    ask_for(group, b, rank=2)
    ask_for(group, c, rank=4)
    ask_for(root, a)
    save_requirement(None, version=draft, parent=root, node=Node(kind=RequirementKind.MILESTONE, milestone=reached))
    amount = Node(kind=RequirementKind.QUANTITY, milestone=hours, quantity_least=Decimal(5))
    save_requirement(None, version=draft, parent=root, node=amount)
    return awarding(draft, Granting.REGISTRAR)


def _family(school: Organization, whole: Competency, d: Competency) -> ProgramVersion:
    return awarding(draft_of(school, "Family", whole, d), Granting.AUTOMATIC)


@dataclass
class Walk:
    """One life. `at` is the present instant of it; `steps` are the acts that were not refused, for the failure."""

    world: World
    seed: int
    at: datetime = MONDAY
    steps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)  # noqa: S311 - a drawn life, no secret
        by = self.world.registrar
        names = ("Ada Lovelace", "Ada Byron", "A. Lovelace")
        self.people = [create_learner(name, by=by, at=MONDAY) for name in names]

    def succeed(self) -> None:
        """A life that goes well: two programs are begun and everything is shown, so that there are awards to act on."""
        record = self.people[0]
        for version in self.draw.sample(self.world.versions[1:], 2):
            enroll(record, version=version, on=self.today, by=self.by, at=self.at)
        self.at += timedelta(days=1)
        shown = [finding(it, 4, performed_on=self.today, assessor=self.by) for it in self.world.competencies]
        record_evidence(record, items=shown, by=self.by, at=self.at)
        for milestone, amount in zip(self.world.milestones, (None, Decimal(5)), strict=True):
            record_milestone(record, milestone=milestone, on=self.today, by=self.by, quantity=amount, at=self.at)
        self.steps.append("succeed")

    def take(self, count: int) -> None:
        """Do so many drawn acts; each that is refused leaves nothing. Every second life begins well."""
        if self.draw.random() < 0.5:
            self.succeed()
        acts = [name for name, often in OFTEN.items() for _time in range(often)]
        for _step in range(count):
            self.at += timedelta(minutes=self.draw.randint(1, 60))
            name = self.draw.choice(acts)
            try:
                with transaction.atomic():
                    said = getattr(self, name)()
            except Exception as refused:
                # What an app refuses by name is no step; everything else is a fault.
                if not type(refused).__module__.endswith((".errors", "walks")):
                    raise
                continue
            self.steps.append(f"{name} {said or ''}")

    def rest(self) -> None:
        """Run the jobs that wait: what is due, and what needs the solver."""
        for learner in learners_with_parents(0):
            recompute_parents(learner, at=self.at)
        for learner in learners_with_due_mastery(at=self.at):
            recompute_if_due(learner, at=self.at)
        for learner in learners_with_due_awards(at=self.at):
            lapse_due(learner, at=self.at)
        for learner in learners_with_ended_exceptions(at=self.at):
            raise_for_ended_exceptions(learner, at=self.at)
        for learner in learners_to_complete(limit=len(self.people)):
            complete_awarded(learner, at=self.at)
        for learner in due_learners(at=self.at):
            reaudit_if_due(learner, at=self.at)
        for award in Award.objects.filter(learner__in=self.people, state="rescinded").order_by("pk"):
            revoke_rescinded(award)
        for row in Progress.objects.stale().order_by("pk").values_list("enrollment", flat=True):
            settle(row, at=self.at, solver=CpSat())

    # What an act is about

    @property
    def person(self) -> Learner:
        """One of the records, as it is now."""
        return Learner.objects.get(pk=self.draw.choice(self.people).pk)

    @property
    def today(self) -> date:
        """The civil date."""
        return self.at.date()

    @property
    def by(self) -> User:
        """Who acts."""
        return self.world.registrar

    def one(self, rows: "QuerySet[Drawn]") -> "Drawn":
        """One of these rows. Raises NothingThereError."""
        found = list(rows.order_by("pk"))
        if not found:
            raise NothingThereError
        return self.draw.choice(found)

    def enrollment(self) -> Enrollment:
        """An enrollment of one of the records, open or ended."""
        rows = Enrollment.objects.filter(learner__in=self.people)
        return self.one(rows.select_related("learner", "version__program__organization"))

    # Evidence

    def show(self) -> str:
        competency, rank = self.draw.choice(self.world.competencies), self.draw.randint(1, 4)
        days = self.draw.choice([0, 0, 3, 30, 39])
        basis = self.draw.choice([EvidenceBasis.ASSESSED, EvidenceBasis.ASSESSED, EvidenceBasis.EXTERNAL])
        assessor = None if basis == EvidenceBasis.EXTERNAL else self.by
        item = finding(competency, rank, performed_on=self.today - timedelta(days=days), basis=basis, assessor=assessor)
        record_evidence(self.person, items=[item], by=self.by, at=self.at)
        return f"{competency.code} {rank} {basis}"

    def void(self) -> str:
        row = self.one(Evidence.objects.filter(learner__in=self.people, void=None))
        void_evidence(row, reason=VoidReason.MISTAKE, by=self.by, at=self.at)
        return row.competency.code

    def correct(self) -> str:
        row = self.one(Evidence.objects.filter(learner__in=self.people, void=None).select_related("learner"))
        rank = self.draw.randint(1, 4)
        item = finding(row.competency, rank, corrects=row, basis=row.basis, assessor=row.assessor)
        record_evidence(row.learner, items=[item], by=self.by, at=self.at)
        return f"{row.competency.code} {rank}"

    def judge(self) -> str:
        """Work is handed in and judged."""
        work = hand_in(self.person, self.world.task, at=self.at)
        judge(work, self.draw.randint(1, 4), by=self.world.assessor, at=self.at)
        return str(work.learner)

    def judge_otherwise(self) -> str:
        """A judgement is corrected by its assessor."""
        row = self.one(Judgement.objects.filter(submission__learner__in=self.people))
        rank = self.draw.randint(1, 4)
        wanted = entries(row.submission, rank)
        reason = CorrectionReason.MODERATION
        correct_judgement(row, by=self.world.assessor, entries=wanted, comments={}, reason=reason, at=self.at)
        return str(rank)

    # Decisions

    def reach(self) -> str:
        milestone, amount = self.draw.choice([(self.world.milestones[0], None), (self.world.milestones[1], Decimal(3))])
        basis = self.draw.choice([Basis.ASSESSED_HERE, Basis.TRANSFER])
        record_milestone(
            self.person, milestone=milestone, on=self.today, by=self.by, quantity=amount, basis=basis, at=self.at
        )
        return str(milestone)

    def recognise(self) -> str:
        competency = self.draw.choice(self.world.competencies)
        level = self.draw.choice([None, level_of(competency, 3)])
        ends = self.draw.choice([None, self.today + timedelta(days=5)])
        record_recognition(
            self.person,
            basis=RecognitionBasis.TRANSFER,
            competency=competency,
            level=level,
            without_level=level is None and self.draw.random() < 0.5,
            credits=self.draw.choice([None, Decimal(1)]),
            source_credits=Decimal(2),
            words="Elsewhere.",
            achieved_on=self.today,
            valid_until=ends,
            by=self.by,
            at=self.at,
        )
        return f"{competency.code} {level}"

    def except_(self) -> str:
        enrollment = self.enrollment()
        node = self.draw.choice([row.key for row in enrollment.version.requirements.order_by("pk")])
        kind = self.draw.choice(list(ExceptionKind))
        pieces = [it.id for it in attainments_of(enrollment.learner, at=self.at, method=Method.TWO)]
        takes = kind in {ExceptionKind.SUBSTITUTE, ExceptionKind.APPLY_HERE}
        if takes and not pieces:
            raise NothingThereError
        grant_exception(
            enrollment,
            kind=kind,
            node=node,
            attainment=self.draw.choice(pieces) if takes else "",
            competency=self.draw.choice(self.world.competencies) if kind is ExceptionKind.ALSO_ALLOW else None,
            starts_on=self.draw.choice([None, self.today + timedelta(days=2)]),
            ends_on=self.draw.choice([None, self.today + timedelta(days=6)]),
            by=self.by,
            words="So it was decided.",
            at=self.at,
        )
        return f"{kind} {node} of {enrollment.version}"

    def approve(self) -> str:
        """Approve or decline what waits for a second registrar."""
        waiting = Approval.objects.open().filter(act=ApprovalAct.EXCEPT)
        batch = ExceptionBatch.objects.get(public_id=self.one(waiting).subject_id)
        decided = approve_exceptions(batch, approved=self.draw.random() < 0.8, by=self.world.second, at=self.at)
        return decided.outcome

    def ask_again(self) -> str:
        """Ask again where a request was declined or void."""
        batch = self.one(ExceptionBatch.objects.filter(exceptions__learner__in=self.people))
        return ask_again(batch, by=self.by, at=self.at).reason

    def except_several(self) -> str:
        """The same exception for all open enrollments of one version."""
        version = self.enrollment().version
        rows = list(Enrollment.objects.open().filter(version=version).order_by("pk"))
        node = self.draw.choice([row.key for row in version.requirements.order_by("pk")])
        kind = self.draw.choice([ExceptionKind.WAIVE, ExceptionKind.FORCE_COMPLETE])
        granted = grant_exceptions(rows, Wanted(kind, node, "So it was decided."), by=self.by, at=self.at)
        return f"{kind} {node} for {len(granted)}"

    def withdraw(self) -> str:
        model = self.draw.choice([MilestoneReached, Recognition, RequirementException])
        row = self.one(model._default_manager.filter(learner__in=self.people, withdrawn_at=None))
        withdraw_decision(row, by=self.by, at=self.at)  # type: ignore[type-var]  # one of the three models
        return model.__name__

    # Enrollments

    def begin(self) -> str:
        version = self.draw.choice(self.world.versions)
        enroll(self.person, version=version, on=self.today, by=self.by, at=self.at)
        return str(version.program)

    def begin_by_the_first_method(self) -> str:
        version = self.draw.choice([it for it in self.world.versions if content_format_of(it) == FIRST_CONTENT])
        enrollment = enroll(self.person, version=version, on=self.today, by=self.by, at=self.at)
        Progress.objects.filter(enrollment=enrollment).update(method=Method.ONE)
        reaudit(enrollment, at=self.at)
        return str(version.program)

    def move(self) -> str:
        return str(len(move_learner(self.person.pk, at=self.at, solver=CpSat())))

    def happen(self) -> str:
        enrollment, kind = self.enrollment(), self.draw.choice(EVENTS)
        record_event(enrollment, kind=kind, on=self.today, reason=EventReason.WORK, by=self.by, at=self.at)
        return f"{kind} {enrollment.version}"

    def undo(self) -> str:
        row = self.one(EnrollmentEvent.objects.filter(learner__in=self.people, corrected_by=None))
        correct_event(row, by=self.by, at=self.at)
        return row.kind

    def change(self) -> str:
        enrollment = self.enrollment()
        versions = ProgramVersion.objects.filter(program=enrollment.program).exclude(pk=enrollment.version_id)
        change_version(enrollment, version=self.one(versions), by=self.by, at=self.at)
        return str(enrollment.version)

    def replace(self) -> str:
        """A new version follows the one in force; it may ask for one more competency."""
        before = self.one(ProgramVersion.objects.published().filter(successor=None))
        draft = make_draft(before.program, based_on=before, by=self.by, at=self.at)
        if self.draw.random() < 0.5:
            ask_for(root_of(draft), self.draw.choice(self.world.competencies))
        asked = ask_to_replace(draft, by=self.by, reason="A new year.", at=self.at)
        decide_approval(asked, approved=True, digest=asked.digest, by=self.world.second, at=self.at)
        return str(publish_version(draft, by=self.by, at=self.at))

    def retire(self) -> str:
        version = self.one(ProgramVersion.objects.published())
        asked = ask_to_retire(version, by=self.by, reason="It ends.", at=self.at)
        decide_approval(asked, approved=True, digest=asked.digest, by=self.world.second, at=self.at)
        retire_version(version, by=self.by, at=self.at, reason="It ends.")
        return str(version)

    # Policies and links

    def decide_otherwise(self) -> str:
        competency = self.draw.choice(self.world.competencies)
        scale = level_of(competency, 1).scale
        definition = policy_json(scale, level=self.draw.randint(2, 4), method="highest@2")
        version = make_policy(f"Policy {len(self.steps)}", definition=definition, by=self.by, at=self.at)
        assign_policy(version, competency=competency, at=self.at)
        return competency.code

    def end_policy(self) -> str:
        row = self.one(PolicyAssignment.objects.filter(ended_at=None, competency__isnull=False))
        end_assignment(row, at=self.at)
        return str(row.competency)

    def link(self) -> None:
        drawn = self.draw.sample(self.people, 2)
        one, other = (Learner.objects.get(pk=row.pk) for row in drawn)
        link_persons(one, other=other, reason="One person.", by=self.by, at=self.at)

    def part(self) -> None:
        row = self.one(LearnerLink.objects.in_force())
        part_persons(row, reason="Two people.", by=self.by, at=self.at)

    # Awards

    def grant(self) -> str:
        row = self.one(Award.objects.proposed().filter(learner__in=self.people))
        grant_award(row, by=self.by, at=self.at)
        return str(row)

    def decline(self) -> str:
        row = self.one(Award.objects.proposed().filter(learner__in=self.people))
        decline_award(row, by=self.by, words="No.", at=self.at)
        return str(row)

    def rescind(self) -> str:
        row = self.one(Award.objects.standing().filter(learner__in=self.people))
        asked = ask_to_rescind(row, by=self.by, reason="A mistake.", at=self.at)
        decide_approval(asked, approved=True, digest=asked.digest, by=self.world.second, at=self.at)
        rescind_award(row, reason=EndReason.IN_ERROR, by=self.by, words="A mistake.", at=self.at)
        return str(row)

    def renew(self) -> str:
        row = self.one(Award.objects.awarded().filter(learner__in=self.people))
        renew_award(row, by=self.by, at=self.at)
        return str(row)

    def propose(self) -> str:
        row = self.enrollment()
        return str(propose_award(row, by=self.by, words="After all.", at=self.at))

    def let_stay(self) -> str:
        row = self.one(AwardConcern.objects.open().filter(learner__in=self.people))
        settle_concern(row, by=self.by, words="It stays.", at=self.at)
        return row.kind

    # Papers, by the clock of the database: nothing of them may change an answer about awards

    def issue(self) -> str:
        """The jobs issue and sign the credential of an award without an end."""
        award = self.one(Award.objects.standing().filter(learner__in=self.people, valid_until=None))
        credential = issue_award(award)
        if credential is None:
            raise NothingThereError
        return str(sign_prepared(credential).state)

    def reissue(self) -> str:
        row = self.one(Credential.objects.filter(learner__in=self.people).exclude(state="prepared"))
        return str(sign_prepared(reissue(row, reason=IssueReason.CORRECTION, by=self.by)).state)

    def revoke(self) -> str:
        row = self.one(Credential.objects.signed().filter(learner__in=self.people))
        why = RevocationClass.ISSUED_IN_ERROR
        asked = ask_to_revoke(row, why=why, reason="A mistake.", by=self.by, at=self.at)
        decide_approval(asked, approved=True, digest=asked.digest, by=self.world.second, at=self.at)
        return str(revoke(row, why=why, reason="A mistake.", by=self.by).award)

    # Time

    def wait(self) -> str:
        days = self.draw.choice([1, 2, 7, 35])
        self.at += timedelta(days=days)
        self.rest()
        return f"{days} days"


OFTEN = {
    "show": 8,
    "begin": 4,
    "begin_by_the_first_method": 2,
    "wait": 3,
    "void": 2,
    "correct": 2,
    "reach": 2,
    "recognise": 2,
    "except_": 3,
    "except_several": 1,
    "approve": 3,
    "withdraw": 2,
    "happen": 3,
    "undo": 1,
    "change": 3,
    "retire": 1,
    "decide_otherwise": 1,
    "end_policy": 1,
    "link": 2,
    "part": 2,
    "grant": 2,
    "decline": 1,
    "rescind": 2,
    "renew": 1,
    "move": 2,
    "judge": 2,
    "judge_otherwise": 2,
    "ask_again": 1,
    "replace": 1,
    "propose": 1,
    "let_stay": 2,
    "issue": 2,
    "reissue": 1,
    "revoke": 1,
}
"""The acts, and how often each is drawn among the others."""


class NothingThereError(Exception):
    """There is nothing yet that this act could be about."""
