"""The record of the person who asks, for pages that show people what is their own."""

from typing import cast

from django.http import Http404, HttpRequest

from accounts.models import Learner, User
from accounts.queries.people import learner_of


def own_record(request: HttpRequest) -> Learner:
    """The record of the signed-in person; 404 for an account that is no learner's."""
    learner = learner_of(cast("User", request.user))
    if learner is None:
        raise Http404
    return learner
