"""Replays the acts of a life through the actions that people use, each with the instant at which it happened."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import singledispatchmethod

from django.core.files.base import ContentFile

from accounts.models import Learner, Organization, User
from assessments.models import Submission
from assessments.work.actions.files import add_file
from assessments.work.actions.judging import judge_submission, return_submission
from assessments.work.actions.submissions import add_link, save_words, start_submission, submit_work
from portal.actions.demo import acts, content, lives
from portal.actions.demo.catalog import Catalog, CriterionRow
from portal.actions.demo.charts import chart
from portal.actions.demo.days import Days
from programs.decisions.actions import record_milestone, record_recognition
from programs.enrollment.actions.enrolling import enroll, record_event
from programs.models import Enrollment, EventReason, RecognitionBasis
from programs.rules.enrollment import EventKind

PRAISED = 0.4  # how often work that is as it should be gets a comment


@dataclass
class Replay:
    """One learner's life, act by act; the caller's transaction holds it together."""

    learner: Learner
    catalog: Catalog
    days: Days
    assessors: tuple[User, ...]
    dice: random.Random
    place: Organization | None = None
    work: dict[str, Submission] = field(default_factory=dict)
    around: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        # One place and one person in all texts of a learner: that is where they do their placement.
        self.around = {"place": self.dice.choice(content.places()), "person": self.dice.choice(content.persons())}

    def live(self, life: tuple[acts.Act, ...]) -> None:
        """Let it happen."""
        for act in life:
            self.happen(act, self.days.at(act.ago, act.minute))

    @singledispatchmethod
    def happen(self, act: acts.Act, _at: datetime) -> None:
        """Carry out one act of a life at its time."""
        raise TypeError(act)

    @happen.register
    def _(self, act: acts.Enroll, at: datetime) -> None:
        version, on = self.catalog.versions[act.program], self.days.day(act.starts_ago)
        enroll(
            self.learner,
            version=version,
            on=on,
            organization=self.place,
            by=self.catalog.registrar,
            at=at,
            started=act.started,
        )

    @happen.register
    def _(self, act: acts.Happen, at: datetime) -> None:
        kind, reason = EventKind(act.kind), EventReason(act.reason)
        rows = Enrollment.objects.filter(learner=self.learner).order_by("pk")
        concerned = rows.filter(ended_on__isnull=kind is not EventKind.READMIT)
        for enrollment in concerned:
            on, by = self.days.day(act.ago), self.catalog.registrar
            record_event(enrollment, kind=kind, on=on, reason=reason, by=by, at=at, words=act.words)

    @happen.register
    def _(self, act: acts.Begin, at: datetime) -> None:
        submission = start_submission(self.learner, assessment=self.catalog.assessments[act.task], at=at)
        self.work[act.task] = submission
        self._write(act.task, act.text, at)

    @happen.register
    def _(self, act: acts.HandIn, at: datetime) -> None:
        if act.text is not None:
            self._write(act.task, act.text, at)
        self.work[act.task] = submit_work(self.work[act.task], performed_on=self.days.day(act.ago), at=at)

    @happen.register
    def _(self, act: acts.Judge, at: datetime) -> None:
        submission = self.work[act.task]
        rows = self.catalog.criteria(act.task)
        entries = {row.criterion: row.cells[rank] for row, rank in zip(rows, act.ranks, strict=True)}
        comments = self._comments(rows, act.ranks)
        judge_submission(submission, by=self.assessors[act.turn], entries=entries, comments=comments, at=at)

    @happen.register
    def _(self, act: acts.Return, at: datetime) -> None:
        advice = content.rubric_rows()[content.tasks()[act.task].competencies[0]].advice
        return_submission(self.work[act.task], by=self.assessors[act.turn], comments=advice, at=at)

    @happen.register
    def _(self, act: acts.Reach, at: datetime) -> None:
        milestone, quantity = self.catalog.milestone(act.milestone), act.quantity
        record_milestone(
            self.learner,
            milestone=milestone,
            on=self.days.day(act.ago),
            by=self.catalog.registrar,
            quantity=None if quantity is None else Decimal(quantity),
            at=at,
        )

    @happen.register
    def _(self, act: acts.Recognise, at: datetime) -> None:
        record_recognition(
            self.learner,
            basis=RecognitionBasis.TRANSFER,
            achieved_on=self.days.day(act.ago + 200),
            by=self.catalog.registrar,
            competency=self.catalog.competencies[act.competency],
            level=self.catalog.levels[act.rank],
            words=act.words,
            at=at,
        )

    def _write(self, code: str, number: int, at: datetime) -> None:
        task, submission = content.tasks()[code], self.work[code]
        save_words(submission, text=task.texts[number].format(**self.around))
        if submission.artifacts.exists():
            return
        if task.link:
            add_link(submission, address=task.link, name=task.title, at=at)
        if task.attach:
            picture = ContentFile(chart(honest=number < len(task.texts) - 1), name="chart.png")
            add_file(submission, upload=picture, at=at)

    def _comments(self, rows: Sequence[CriterionRow], ranks: Sequence[int]) -> dict[str, str]:
        """Advice where something is missing, praise where somebody shows more; often nothing needs to be said."""
        said = {}
        for row, rank in zip(rows, ranks, strict=True):
            words = content.rubric_rows()[row.code]
            if rank < lives.MET:
                said[str(row.criterion.public_id)] = words.advice
            elif rank > lives.MET or self.dice.random() < PRAISED:
                said[str(row.criterion.public_id)] = words.praise
        return said
