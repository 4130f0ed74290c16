"""Why an award has no signed credential, as far as our rows can tell."""

from dataclasses import dataclass
from enum import StrEnum

from core.jobs.models import Job
from credentials import jobs
from credentials.issuing.queries.issuers import issuer_for, issuing_organization_of
from credentials.models import Credential, IssuerKey
from programs.models import Award


class SigningObstacle(StrEnum):
    """What somebody has to do before the credential can be signed, or that nothing has to be done."""

    NO_ISSUER = "no_issuer"
    NO_KEY = "no_key"
    FAILED = "failed"
    ON_ITS_WAY = "on_its_way"


@dataclass(frozen=True, slots=True)
class SigningProblem:
    """The obstacle, with the error message of the last failed job."""

    obstacle: SigningObstacle
    message: str = ""


def signing_problem_of(award: Award) -> SigningProblem:
    """Why this granted award has no valid credential."""
    issuer = issuer_for(issuing_organization_of(award.achievement))
    if issuer is None:
        return SigningProblem(SigningObstacle.NO_ISSUER)
    if not IssuerKey.objects.active().filter(issuer=issuer).exists():
        return SigningProblem(SigningObstacle.NO_KEY)
    failed = _last_failure(award)
    if failed:
        return SigningProblem(SigningObstacle.FAILED, failed)
    return SigningProblem(SigningObstacle.ON_ITS_WAY)


def _last_failure(award: Award) -> str:
    """The error message of the newest failed job that issues this award or signs a credential of it; else empty."""
    prepared = Credential.objects.prepared().filter(learner=award.learner_id, award=award).values_list("pk", flat=True)
    # Preparing comes before signing, so that its error is the one to show first.
    enqueued = [(jobs.ISSUE, award.pk), *((jobs.SIGN, pk) for pk in prepared)]
    for kind, key in enqueued:
        message = (
            Job.objects.filter(name=kind.name, args=[key])
            .exclude(last_error="")
            .order_by("-pk")
            .values_list("last_error", flat=True)
            .first()
        )
        if message:
            return str(message)
    return ""
