"""Submitted work. Texts of the learner lie in side rows that can be erased; the rows themselves contain none."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from assessments.models.rubrics import AssessmentRevision
from core.database.plausible_dates import plausible_dates

# The prefix names the algorithm, so that another one can follow without guessing.
DIGEST = r"^c1:[0-9a-f]{64}$"


class SubmissionState(models.TextChoices):
    """How far the work is. Draft and returned work can be changed by its learner."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("handed in")
    RETURNED = "returned", _("returned for revision")
    JUDGED = "judged", _("assessed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class SubmissionQuerySet(LearnerOwnedQuerySet["Submission"]):
    """Work by its state."""

    def waiting(self) -> "SubmissionQuerySet":
        """Return submitted work that not all needed assessors have judged yet."""
        return self.filter(state=SubmissionState.SUBMITTED)


class Submission(models.Model):
    """One attempt of a learner at an assessment, in the revision that was current when the attempt began."""

    # No index of its own: `submission_of_learner` begins with the learner.
    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="submissions")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment_revision = models.ForeignKey(AssessmentRevision, models.PROTECT, related_name="submissions")
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    round = models.PositiveSmallIntegerField(
        _("round"), default=1, help_text=_("How often it was handed in, counting the next time while it is open.")
    )
    state = models.CharField(_("state"), max_length=10, choices=SubmissionState.choices)
    performed_on = models.DateField(_("work done on"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"))
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)
    judged_at = models.DateTimeField(_("assessed"), null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        indexes: ClassVar = [
            # The pages of a learner, and the search for work under way.
            models.Index(fields=["learner", "assessment_revision"], name="submission_of_learner"),
            # The assessors' queue reads and counts waiting work only, in this order; judged work soon outnumbers it.
            models.Index(fields=["submitted_at", "id"], condition=Q(state="submitted"), name="submission_waiting"),
        ]
        constraints: ClassVar = [
            plausible_dates("submission", "performed_on", unless=Q(state=SubmissionState.RETURNED)),
            # Feedback names the attempt by its number.
            models.UniqueConstraint(
                fields=["learner", "assessment_revision", "attempt"], name="submission_attempt_numbered_once"
            ),
            # Two clicks on "Begin" make one attempt. The states are those of `actions.submissions.OPEN`.
            models.UniqueConstraint(
                fields=["learner", "assessment_revision"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="submission_one_open_per_assessment",
            ),
            models.CheckConstraint(condition=Q(state__in=SubmissionState.values), name="submission_state_is_known"),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="submission_attempts_count_from_one"),
            models.CheckConstraint(condition=Q(round__gte=1), name="submission_rounds_count_from_one"),
            # Evidence takes its date from the work, so work that can be judged always has one.
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(submitted_at__isnull=False, performed_on__isnull=False),
                name="submission_handed_in_with_its_dates",
            ),
            # `news_of` notices judged work by this instant.
            models.CheckConstraint(
                condition=~Q(state="judged") | Q(judged_at__isnull=False), name="submission_judged_at_an_instant"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class SubmissionBody(models.Model):
    """The learner's text. Once the work is judged, the only change allowed is `content` to NULL, by erasure."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="body")
    content = models.TextField(_("text"), null=True, blank=True)  # noqa: DJ001 - NULL is erased, "" is nothing written
    salt = models.BinaryField(max_length=16)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("words of a submission")
        verbose_name_plural = _("words of submissions")
        constraints: ClassVar = [
            # An erased text stays erased.
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(content__isnull=True), name="submission_body_erased_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return str(self.submission_id)


class ArtifactKind(models.TextChoices):
    """Whether Cairn stores the content, or only its address on the web."""

    FILE = "file", _("file")
    LINK = "link", _("link")


class Artifact(models.Model):
    """A file or a link of a submission. Its name and its address or storage key lie in the side row."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="artifacts")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveSmallIntegerField(_("place"))
    kind = models.CharField(_("kind"), max_length=4, choices=ArtifactKind.choices)
    media_type = models.CharField(_("type"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    digest = models.CharField(_("salted digest"), max_length=67)
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("artifact")
        verbose_name_plural = _("artifacts")
        constraints: ClassVar = [
            # Two uploads at once would else get the same place.
            models.UniqueConstraint(fields=["submission", "sequence"], name="artifact_one_per_place"),
            models.CheckConstraint(condition=Q(kind__in=ArtifactKind.values), name="artifact_kind_is_known"),
            # The ledger copies this digest, where nothing can be corrected.
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="artifact_digest_is_one"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class ArtifactBody(models.Model):
    """The name of an artifact, and where its content is: a key of our storage, or the address of a link."""

    artifact = models.OneToOneField(Artifact, models.PROTECT, related_name="body")
    content = models.JSONField(_("name and place"), null=True, blank=True)
    salt = models.BinaryField(max_length=16)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("name and place of an artifact")
        verbose_name_plural = _("names and places of artifacts")
        constraints: ClassVar = [
            # An erased name or address stays erased.
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(content__isnull=True), name="artifact_body_erased_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return str(self.artifact_id)
