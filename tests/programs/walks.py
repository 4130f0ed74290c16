"""Random lives of one person: acts of every kind in a random order, each at its own instant."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, Role, User
from assessments.mastery.actions.policies import assign_policy, make_policy
from assessments.mastery.actions.recomputing import recompute_due
from competencies.models import Competency
from programs.audit.solvers.cp_sat import CpSat
from programs.awards.actions.awards import (
    lapse_due,
    learners_with_due_awards,
)
from programs.awards.actions.progress import due_learners, reaudit_if_due, settle
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.decisions.actions import (
    save_milestone,
)
from programs.models import (
    Enrollment,
    Granting,
    Milestone,
    ProgramVersion,
    Progress,
    RequirementKind,
)
from programs.rules.enrollment import EventKind
from tests.assessments.places import (
    MONDAY,
    new_competency,
    new_framework,
    new_scale,
    policy_json,
    put_below,
)
from tests.programs.places import ask_for, awarding, draft_of, ladder_of, open_assessment, root_of
from tests.recipes import institution, make_staff

START = MONDAY.date()
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
    ladder = ladder_of(school, a, b, c, d, valid_for_months=1)
    reached = save_milestone(None, title="Reached", unit="", at=MONDAY)
    hours = save_milestone(None, title="Hours", unit="hours", at=MONDAY)
    one = publish_version(draft_of(school, "One", a), by=None, at=MONDAY)
    both = awarding(draft_of(school, "Both", a, b), Granting.AUTOMATIC)
    return World(
        school,
        registrar,
        second,
        (a, b, c, d, other),
        (one, both, _choice(school, a, b, c, reached, hours), _family(school, whole, d), *_of(ladder)),
        (reached, hours),
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
        self.people = [create_learner(name, by=by, at=MONDAY) for name in ("Ada Lovelace", "Ada Byron")]

    def take(self, count: int) -> None:
        """Do so many drawn acts; each that is refused leaves nothing."""
        acts = [name for name, often in OFTEN.items() for _time in range(often)]
        for _step in range(count):
            self.at += timedelta(minutes=self.draw.randint(1, 60))
            name = self.draw.choice(acts)
            try:
                with transaction.atomic():
                    said = getattr(self, name)()
            except Exception as refused:
                if not type(refused).__module__.endswith("errors"):
                    raise
                continue
            self.steps.append(f"{name} {said or ''}")

    def rest(self) -> None:
        """Run the jobs that wait: what is due, and what needs the solver."""
        recompute_due(at=self.at)
        for learner in learners_with_due_awards(at=self.at):
            lapse_due(learner, at=self.at)
        for learner in due_learners(at=self.at):
            reaudit_if_due(learner, at=self.at)
        for row in Progress.objects.stale().order_by("pk").values_list("enrollment", flat=True):
            settle(row, at=self.at, solver=CpSat())

    # Drawn things

    @property
    def person(self) -> Learner:
        """One of the two records, as it is now."""
        return Learner.objects.get(pk=self.draw.choice(self.people).pk)

    @property
    def today(self) -> date:
        """The civil date."""
        return self.at.date()

    @property
    def enrollment(self) -> Enrollment:
        """An enrollment; KeyError-like refusals are avoided by `_one`."""
        return self._one(Enrollment.objects.filter(learner__in=self.people).order_by("pk"))

    def _one(self, rows: object) -> "object":
        found = list(rows)  # type: ignore[call-overload]  # a queryset
        if not found:
            raise NothingThereError
        return self.draw.choice(found)


class NothingThereError(Exception):
    """There is nothing that this act could be about yet."""
