"""The access rules of frameworks and scales, as predicates of a user."""

from django.http import HttpRequest

from accounts.models import Role
from accounts.permissions import Actor, holds
from competencies.models import Framework


def may_change_frameworks(user: Actor) -> bool:
    """Whether `user` may import, publish and edit frameworks: curriculum designers and registrars."""
    return holds(user, Role.CURRICULUM_DESIGNER, Role.REGISTRAR)


def may_read_frameworks(user: Actor) -> bool:
    """Whether `user` may read unpublished frameworks, imports and scales: editors, assessors, advisors, inspectors."""
    return may_change_frameworks(user) or holds(user, Role.ASSESSOR, Role.ADVISOR, Role.INSPECTOR)


def may_read_framework(request: HttpRequest, framework: Framework) -> bool:
    """Whether the request may read `framework`: everybody if it is published, otherwise staff only."""
    return framework.published or may_read_frameworks(request.user)
