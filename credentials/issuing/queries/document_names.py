"""The name that is printed on a credential: which one it is, and when it is read."""

from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import Learner
from accounts.queries.legal_names import legal_name_of
from core import clock
from credentials.errors import NoLegalNameError
from credentials.issuing.queries.issuers import issuing_organization_of
from credentials.models import Credential, IssueReason
from programs.awards.rules import AwardFacts
from programs.models import Award


def name_on_credential(
    facts: AwardFacts, learner: Learner, *, reason: IssueReason, supersedes: Credential | None, at: datetime
) -> str:
    """Return the name that a credential states.

    After a change of name it is the legal name of today. Otherwise it is the name on the credential that is replaced,
    and for a first credential the name as awarded. Raises NoLegalNameError where the record holds none in force.
    """
    if reason == IssueReason.NAME or not facts.name:
        legal = legal_name_of(learner, on=clock.civil_date(at, ZoneInfo(facts.zone)))
        if legal is None:
            raise NoLegalNameError("the record holds no legal name in force")
        return legal.text
    if supersedes is not None and supersedes.name:
        return supersedes.name
    return facts.name


def legal_name_at(award: Award, *, at: datetime) -> str | None:
    """Return the legal name of the holder on the civil day at the issuing organization; None where there is none."""
    legal = legal_name_of(award.learner, on=clock.civil_date(at, issuing_organization_of(award.achievement).zone))
    return legal.text if legal else None
