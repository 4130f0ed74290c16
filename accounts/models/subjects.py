"""The kinds of subjects that a row may name by kind and public id, because their models belong to higher apps.

A test in tests/contracts resolves every kind to its model.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

# "c1" names the canonical form that was hashed (core.text.canonical), so that another form can follow.
DIGEST = r"^c1:[0-9a-f]{64}$"


class DisclosedKind(models.TextChoices):
    """The kinds of subjects of a disclosure."""

    LEARNER = "learner", _("learner")
    AWARD = "award", _("award")
    CREDENTIAL = "credential", _("credential")
    TRANSCRIPT = "transcript", _("transcript")


class ApprovedKind(models.TextChoices):
    """The kinds of subjects of an approval."""

    FRAMEWORK = "framework", _("framework")
    COMPETENCY = "competency", _("competency")
    SCALE = "proficiency_scale", _("proficiency scale")
    POLICY = "mastery_policy", _("mastery policy")
    PROGRAM = "program", _("program")
    PROGRAM_VERSION = "program_version", _("program version")
    ACHIEVEMENT_VERSION = "achievement_version", _("achievement version")
    AWARD = "award", _("award")
    CREDENTIAL = "credential", _("credential")
    ISSUER_KEY = "issuer_key", _("issuer key")
    EXCEPTION_BATCH = "exception_batch", _("exceptions")


# The model of each kind. Both enumerations share this mapping, so that a kind means the same model everywhere.
MODEL_OF_KIND = {
    DisclosedKind.LEARNER.value: "accounts.Learner",
    DisclosedKind.AWARD.value: "programs.Award",
    DisclosedKind.CREDENTIAL.value: "credentials.Credential",
    DisclosedKind.TRANSCRIPT.value: "credentials.Transcript",
    ApprovedKind.FRAMEWORK.value: "competencies.Framework",
    ApprovedKind.COMPETENCY.value: "competencies.Competency",
    ApprovedKind.SCALE.value: "competencies.ProficiencyScale",
    ApprovedKind.POLICY.value: "assessments.MasteryPolicy",
    ApprovedKind.PROGRAM.value: "programs.Program",
    ApprovedKind.PROGRAM_VERSION.value: "programs.ProgramVersion",
    ApprovedKind.ACHIEVEMENT_VERSION.value: "programs.AchievementVersion",
    ApprovedKind.ISSUER_KEY.value: "credentials.IssuerKey",
    ApprovedKind.EXCEPTION_BATCH.value: "programs.ExceptionBatch",
}
