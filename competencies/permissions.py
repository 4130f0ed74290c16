"""The access rules of frameworks and scales, as predicates of a user.

Frameworks and scales belong to the whole institution: a role that is limited to a branch or to programs reads them all
and changes none.
"""

from django.http import HttpRequest

from accounts.models import Role
from accounts.permissions import Actor, holds, holds_everywhere
from competencies.models import Framework


def may_change_frameworks(user: Actor) -> bool:
    """Whether `user` may import, publish and edit frameworks: designers and registrars of the whole institution."""
    return holds_everywhere(user, Role.CURRICULUM_DESIGNER, Role.REGISTRAR)


def may_read_frameworks(user: Actor) -> bool:
    """Whether `user` may read unpublished frameworks, imports and scales: all staff of the institution."""
    return holds(user, Role.CURRICULUM_DESIGNER, Role.REGISTRAR, Role.ASSESSOR, Role.ADVISOR, Role.INSPECTOR)


def may_read_framework(request: HttpRequest, framework: Framework) -> bool:
    """Whether the request may read `framework`: everybody if it is published, otherwise staff only."""
    return framework.published or may_read_frameworks(request.user)
