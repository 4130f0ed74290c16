"""The evidence ledger: what learners have shown of competencies. Rows are only added; texts lie in side rows."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, TextField, Value
from django.db.models.lookups import Regex
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from assessments.models.judgements import Judgement
from assessments.models.rubrics import AssessmentKind
from competencies.models import Competency, CompetencyRevision, ProficiencyLevel, ProficiencyScale
from core.database.ledger import AppendOnly
from core.database.plausible_dates import plausible_dates


class Basis(models.TextChoices):
    """Who is responsible for the finding."""

    ASSESSED = "assessed", _("assessed here")
    PRIOR_LEARNING = "prior_learning", _("recognised prior learning")
    EXTERNAL = "external", _("found elsewhere")


class Setting(models.TextChoices):
    """Where the work was done."""

    CLASSROOM = "classroom", _("classroom")
    WORKPLACE = "workplace", _("workplace")
    SIMULATION = "simulation", _("simulation")
    ONLINE = "online", _("online")
    COMMUNITY = "community", _("community")
    EXAMINATION = "examination", _("examination")
    UNSTATED = "unstated", _("not stated")


class VoidReason(models.TextChoices):
    """Why a row of evidence does not count any more: a closed list, because the ledger contains no free text."""

    MISTAKE = "mistake", _("recorded by mistake")
    WRONG_PERSON = "wrong_person", _("belongs to somebody else")
    MISCONDUCT = "misconduct", _("academic misconduct")
    APPEAL = "appeal", _("appeal upheld")
    SOURCE_WITHDREW = "source_withdrew", _("withdrawn by its source")


class EvidenceQuerySet(LearnerOwnedQuerySet["Evidence"]):
    """Rows of the ledger."""

    def with_corrected(self) -> Self:
        """Annotate each row with `corrected`: whether a later row of the same piece has replaced it."""
        later = Evidence.objects.filter(
            learner=OuterRef("learner"), piece=OuterRef("piece"), revision_number__gt=OuterRef("revision_number")
        )
        return self.annotate(corrected=Exists(later))


class Evidence(AppendOnly):
    """One finding about one competency, in the revision that was shown.

    A correction is a new row with the same `piece` and the next `revision_number`.
    """

    # No index of its own: `evidence_of_learner` begins with the learner.
    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="evidence")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="evidence")
    competency_revision = models.ForeignKey(CompetencyRevision, models.PROTECT, related_name="evidence")
    scale = models.ForeignKey(ProficiencyScale, models.PROTECT, related_name="evidence")
    level = models.ForeignKey(ProficiencyLevel, models.PROTECT, null=True, blank=True, related_name="evidence")
    score = models.DecimalField(_("score"), max_digits=9, decimal_places=4, null=True, blank=True)
    performed_on = models.DateField(_("work done on"))
    recorded_at = models.DateTimeField(_("recorded"))
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="evidence_found"
    )
    basis = models.CharField(_("basis"), max_length=20, choices=Basis.choices)
    kind = models.CharField(_("kind"), max_length=20, choices=AssessmentKind.choices)
    setting = models.CharField(_("setting"), max_length=20, choices=Setting.choices, default=Setting.UNSTATED)
    # Copied from the work: it proves what the assessor saw, even after files are erased.
    artifact_digests = ArrayField(models.CharField(max_length=67), default=list, blank=True)
    # Corrections are new rows of the same piece: rows of the ledger never change.
    piece = models.UUIDField(_("piece"), help_text=_("The same for a finding and its corrections."))
    revision_number = models.PositiveSmallIntegerField(_("correction"), default=1)
    judgement = models.ForeignKey(Judgement, models.PROTECT, null=True, blank=True, related_name="evidence")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        indexes: ClassVar = [
            # A decision reads all rows of one learner for some competencies; pages read them by the day of the work.
            models.Index(fields=["learner", "competency", "performed_on"], name="evidence_of_learner"),
        ]
        constraints: ClassVar = [
            plausible_dates("evidence", "performed_on"),
            # Two corrections of one row at the same moment: the second one must not replace the first unseen.
            models.UniqueConstraint(fields=["learner", "piece", "revision_number"], name="evidence_corrected_in_turn"),
            # A level and a score together could contradict each other.
            models.CheckConstraint(
                condition=Q(level__isnull=True, score__isnull=False) | Q(level__isnull=False, score__isnull=True),
                name="evidence_level_or_score",
            ),
            # Policies count distinct assessors, so a finding made here always names one; other systems have no users.
            models.CheckConstraint(
                condition=Q(basis="external", assessor__isnull=True)
                | (~Q(basis="external") & Q(assessor__isnull=False)),
                name="evidence_assessor_unless_external",
            ),
            # `choices` bind forms only; imports and background jobs write past them.
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="evidence_basis_is_known"),
            models.CheckConstraint(condition=Q(kind__in=AssessmentKind.values), name="evidence_kind_is_known"),
            models.CheckConstraint(condition=Q(setting__in=Setting.values), name="evidence_setting_is_known"),
            models.CheckConstraint(condition=Q(revision_number__gte=1), name="evidence_corrections_count_from_one"),
            # A check cannot look into an array, so its elements are joined. Anything but digests could not be erased.
            models.CheckConstraint(
                condition=Regex(
                    Func(F("artifact_digests"), Value(""), function="array_to_string", output_field=TextField()),
                    Value(r"^(c1:[0-9a-f]{64})*$"),
                ),
                name="evidence_artifacts_are_digests",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {localize(self.performed_on)}"

    @property
    def heading(self) -> str:
        """Its name at the desk: what was shown, and when."""
        return f"{self.competency} · {localize(self.performed_on)}"


class EvidenceVoid(AppendOnly):
    """The fact that a row of evidence does not count any more, since when that is known, and why."""

    evidence = models.OneToOneField(Evidence, models.PROTECT, related_name="void")
    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="evidence_voids")
    reason = models.CharField(_("reason"), max_length=20, choices=VoidReason.choices)
    voided_at = models.DateTimeField(_("voided"))
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="evidence_voids")

    objects = LearnerOwnedQuerySet["EvidenceVoid"].as_manager()

    class Meta:
        verbose_name = _("voided evidence")
        verbose_name_plural = _("voided evidence")
        indexes: ClassVar = [models.Index(fields=["learner"], name="evidence_void_of_learner")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__in=VoidReason.values), name="evidence_void_reason_is_known"),
        ]

    def __str__(self) -> str:
        return str(self.evidence_id)


class EvidenceBody(models.Model):
    """The text that came with a row of evidence. The only change allowed is `content` to NULL, by erasure."""

    evidence = models.OneToOneField(Evidence, models.PROTECT, related_name="body")
    content = models.TextField(_("words"), null=True, blank=True)  # noqa: DJ001 - NULL is erased
    # Never shown. It makes digests of short texts impossible to guess.
    salt = models.BinaryField(max_length=16)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("words of evidence")
        verbose_name_plural = _("words of evidence")
        constraints: ClassVar = [
            # An erased text stays erased: nothing can be written into the row again.
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(content__isnull=True), name="evidence_body_erased_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return str(self.evidence_id)
