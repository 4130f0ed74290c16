"""Permissions for issuers, keys, credentials and transcripts: rights over rows; unknown means no.

A credential follows its award. A transcript is about the whole learner: it asks for a role over all of their places.
"""

from django.db.models import Q

from accounts.models import Role
from accounts.permissions import READERS, Actor, holds_everywhere
from accounts.permissions.right import Right, Scope, about_the_whole_learner, only_everywhere, set_scopes
from accounts.rules.reach import Limit
from credentials.models import Credential, Issuer, IssuerKey, Transcript, UnsignedAward
from programs.permissions import award_scope

reads_issuers = Right("reads_issuers", "Sees issuers and their keys.", Role.REGISTRAR, Role.INSPECTOR)
reads_credentials = Right("reads_credentials", "Sees credentials and transcripts.", *READERS)
issues_credentials = Right(
    "issues_credentials", "Issues credentials again and revokes them.", Role.REGISTRAR, acts=True
)
makes_transcripts = Right(
    "makes_transcripts", "Makes official transcripts and corrects them.", Role.REGISTRAR, acts=True
)


def keeps_issuers(user: Actor) -> bool:
    """May set up issuers, and make, rotate and report keys: registrars who are not limited."""
    return holds_everywhere(user, Role.REGISTRAR)


def _signs_for_them(path: str) -> Scope:
    """Issuers of an organization within the limit, or of one above it, which signs for its branches too."""

    def narrow(limit: Limit) -> Q:
        if limit.organizations is None:
            return Q()
        return Q(**{f"{path}__in": limit.organizations | limit.organizations_above})

    return Scope(narrow, only_everywhere)


WHOLE_LEARNER = about_the_whole_learner("learner")
set_scopes(
    {
        Issuer: _signs_for_them("organization"),
        IssuerKey: _signs_for_them("issuer__organization"),
        Credential: award_scope("award__", "learner"),
        UnsignedAward: award_scope("", "learner"),
        Transcript: Scope(WHOLE_LEARNER, WHOLE_LEARNER),
    }
)
