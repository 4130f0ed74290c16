"""The closed lists of what a row may name by kind and public id, because it lies in a higher app.

tests/contracts resolves every kind; a kind whose model is still to be built is named with the model it waits for.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

DIGEST = r"^c1:[0-9a-f]{64}$"


class DisclosedKind(models.TextChoices):
    """What can be shown to somebody outside."""

    LEARNER = "learner", _("learner")
    AWARD = "award", _("award")
    CREDENTIAL = "credential", _("credential")
    TRANSCRIPT = "transcript", _("transcript")


class ApprovedKind(models.TextChoices):
    """What an approval can be about."""

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


# Kind to model label; both lists share it, so that a kind means one model everywhere.
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
}
