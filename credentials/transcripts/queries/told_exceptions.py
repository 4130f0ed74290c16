"""What a transcript tells of exceptions, by the policy of the issuer."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from accounts.models import Organization
from core import clock
from credentials.issuing.queries.issuers import issuer_for
from credentials.models import ToldExceptions
from programs.audit.queries.awarding import zone_of
from programs.audit.queries.trees import tree_of
from programs.awards.queries.exceptions import exception_fact, used_exceptions
from programs.awards.rules import ExceptionFact
from programs.models import Enrollment


def told_exceptions(facts: Iterable[ExceptionFact]) -> tuple[ExceptionFact, ...]:
    """Return exceptions as the institution's issuer tells them: not at all, as acts, or with reasons as codes."""
    found = tuple(facts)
    if not found:
        return ()
    issuer = issuer_for(Organization.objects.root())
    policy = ToldExceptions.ACTS if issuer is None else ToldExceptions(issuer.told_exceptions)
    if policy == ToldExceptions.NOTHING:
        return ()
    return found if policy == ToldExceptions.REASONS else tuple(replace(fact, reason="") for fact in found)


def exceptions_in_use(enrollment: Enrollment, names: Collection[str]) -> Iterator[ExceptionFact]:
    """Yield the exceptions that an audit of now used, by public id."""
    for row in used_exceptions(names):
        on = clock.civil_date(row.decided_at, zone_of(enrollment))
        yield exception_fact(row, tree_of(enrollment.version), on=on)
