"""What keeps an award from paper, as far as our rows can tell."""

from dataclasses import dataclass
from enum import StrEnum

from core.jobs.models import Job
from credentials import jobs
from credentials.issuing.queries.issuers import issuer_for
from credentials.models import Credential, IssuerKey
from programs.models import Award


class Why(StrEnum):
    """What somebody has to do, or that nobody has."""

    NO_ISSUER = "no_issuer"
    NO_KEY = "no_key"
    FAILED = "failed"
    ON_ITS_WAY = "on_its_way"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no paper in force, with what the last attempt said."""

    why: Why
    said: str = ""


def trouble_of(award: Award) -> Trouble:
    """Why there is no paper in force of this standing award."""
    issuer = issuer_for(award.achievement.organization)
    if issuer is None:
        return Trouble(Why.NO_ISSUER)
    if not IssuerKey.objects.active().filter(issuer=issuer).exists():
        return Trouble(Why.NO_KEY)
    failed = _last_failure(award)
    if failed:
        return Trouble(Why.FAILED, failed)
    return Trouble(Why.ON_ITS_WAY)


def _last_failure(award: Award) -> str:
    papers = Credential.objects.prepared().filter(learner=award.learner_id, award=award).values_list("pk", flat=True)
    promised = [(jobs.ISSUE, award.pk), *((jobs.SIGN, pk) for pk in papers)]
    for kind, key in promised:
        said = (
            Job.objects.filter(name=kind.name, args=[key])
            .exclude(last_error="")
            .order_by("-pk")
            .values_list("last_error", flat=True)
            .first()
        )
        if said:
            return str(said)
    return ""
