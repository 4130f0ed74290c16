"""Who may do what with frameworks and scales: named predicates of a person."""

from django.http import HttpRequest

from accounts.models import Role
from accounts.permissions import Person, holds
from competencies.models import Framework


def keeps_frameworks(user: Person) -> bool:
    """Imports, publishes and edits: curriculum designers and registrars."""
    return holds(user, Role.CURRICULUM_DESIGNER, Role.REGISTRAR)


def reads_frameworks(user: Person) -> bool:
    """Sees frameworks that are not public, imports and scales: those who keep them, assessors, advisors, inspectors."""
    return keeps_frameworks(user) or holds(user, Role.ASSESSOR, Role.ADVISOR, Role.INSPECTOR)


def sees_framework(request: HttpRequest, framework: Framework) -> bool:
    """A published framework is everybody's; before that it is staff's."""
    return framework.published or reads_frameworks(request.user)
