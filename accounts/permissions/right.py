"""Rights over rows: of which roles they are, and how far a role that is limited reaches. Unknown means no.

A `Right` names the roles that have it. Where such a role is limited to an organization, to programs or to the learners
of an advisor, the `Scope` of the row's model says which rows lie within that limit. The same scope narrows a list and
answers for a single row, so that what a list leaves out cannot be opened or acted on under its address either.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Protocol

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import (
    AdvisorAssignment,
    Learner,
    Role,
    User,
)
from accounts.rules.reach import Limit, ProgramTerm, ancestors, programs_at, with_branches
from accounts.rules.tenure import Tenure
from core import clock

Actor = User | AnonymousUser
Narrow = Callable[[Limit], Q]
# Assessors are limited by organization, never by program; partner administrators serve at a partner.
NEVER_LIMITED_TO_PROGRAMS = frozenset({Role.ASSESSOR, Role.PARTNER_ADMINISTRATOR})
NO_ROWS = Q(pk__in=())


@dataclass(frozen=True)
class Scope:
    """Which rows of a model lie within a limit: to see them, and to act on them. An empty Q means all rows.

    The conditions must not join a relation of several rows: they are also used below aggregates.
    """

    seen: Narrow
    acted_on: Narrow


class LearnerTie(Protocol):
    """How rows of a higher app tie a learner to organizations and programs."""

    def within(self, limit: Limit) -> QuerySet[Any, Any]:
        """The ids of records with a tie within the limit."""

    def outside(self, limit: Limit) -> QuerySet[Any, Any]:
        """The ids of records with a tie outside the limit."""


_scopes: dict[type[Model], Scope] = {}
_ties: list[LearnerTie] = []
_program_terms: list[Callable[[User], Sequence[ProgramTerm]]] = []


def set_scopes(scopes: Mapping[type[Model], Scope]) -> None:
    """Say for models of an app which of their rows lie within a limit."""
    _scopes.update(scopes)


def set_learner_tie(tie: LearnerTie) -> None:
    """Add what ties learners to places besides their home organization."""
    _ties.append(tie)


def set_program_terms(terms: Callable[[User], Sequence[ProgramTerm]]) -> None:
    """Set the function that returns the programs to which an account is or was limited."""
    _program_terms[:] = [terms]


def scope_of(model: type[Model]) -> Scope | None:
    """The scope of a model, or None where no app has said one."""
    return _scopes.get(model)


class Right:
    """A predicate of a user and a row: whether a role in force lets them see it, or with `acts` act on it.

    Without a row it answers whether they may do so with any row at all.
    """

    def __init__(self, name: str, description: str, *roles: Role, acts: bool = False) -> None:
        self.__name__, self.__doc__ = name, description
        self.roles, self.acts = frozenset(roles), acts

    def __call__(self, user: Actor, row: Model | None = None) -> bool:
        """Whether the user has this right over the row; the answer is kept on the user's instance.

        Kept by right, model and key, with the limits that it was worked out for: another role or the end of one asks
        anew. The instance lives as long as its request, which bounds what is kept.
        """
        if row is None:  # asked for each entry of the sidebar: limits are not read for it
            return bool(tenures_of(user, *self.roles))
        limits = limits_of(user, *self.roles)
        if not limits:
            return False
        condition = self._condition(type(row), limits)
        if not condition:
            return True
        kept: dict[Any, bool] = user.__dict__.setdefault("covered_rows", {})
        key = (self.__name__, type(row), row.pk, limits)
        if key not in kept:
            kept[key] = type(row)._base_manager.filter(condition, pk=row.pk).exists()
        return kept[key]

    def among(self, user: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of `rows` over which the user has this right. Raises LookupError for a model without a scope."""
        limits = limits_of(user, *self.roles)
        if not limits:
            return rows.none()
        condition = self._condition(rows.model, limits)
        return rows.filter(condition) if condition else rows

    def narrows(self, model: type[Model]) -> bool:
        """Whether rows of this model are told apart."""
        return model in _scopes

    def _condition(self, model: type[Model], limits: frozenset[Limit]) -> Q:
        scope = _scopes[model]
        narrow = scope.acted_on if self.acts else scope.seen
        conditions = [narrow(limit) for limit in limits]
        return reduce(or_, conditions) if all(conditions) else Q()


def tenures_of(user: Actor, *roles: Role, at: datetime | None = None) -> list[Tenure]:
    """The assignments of one of `roles` to the user that are in force now, or at `at`; none for a closed account."""
    if not isinstance(user, User) or not user.is_active:
        return []
    moment = at or clock.now()
    return [tenure for tenure in user.tenures if tenure.role in roles and tenure.covers(moment)]


def limits_of(user: Actor, *roles: Role, at: datetime | None = None) -> frozenset[Limit]:
    """What the roles that the user holds now, or at `at`, are limited to; empty where they hold none of `roles`."""
    tenures, moment = tenures_of(user, *roles, at=at), at or clock.now()
    if not isinstance(user, User):
        return frozenset()
    return frozenset(
        _limit(user, Role(role), [tenure.organization_id for tenure in tenures if tenure.role == role], moment)
        for role in {tenure.role for tenure in tenures}
    )


def _limit(user: User, role: Role, places: Sequence[int | None], at: datetime) -> Limit:
    own = frozenset(place for place in places if place is not None)
    limited = None not in places
    return Limit(
        organizations=with_branches(own, user.organization_parents) if limited else None,
        organizations_above=ancestors(own, user.organization_parents) if limited else frozenset(),
        programs=None if role in NEVER_LIMITED_TO_PROGRAMS else programs_at(_terms_of(user), at),
        advisor=user.pk if role == Role.ADVISOR else None,
    )


def _terms_of(user: User) -> Sequence[ProgramTerm]:
    """The programs to which the account is or was limited, read once per instance."""
    if "program_terms" not in user.__dict__:
        user.__dict__["program_terms"] = [term for terms in _program_terms for term in terms(user)]
    found: Sequence[ProgramTerm] = user.__dict__["program_terms"]
    return found


# Conditions of which scopes are made.


def in_organization(path: str) -> Narrow:
    """Rows that belong to an organization within the limit; `path` leads to it."""

    def narrow(limit: Limit) -> Q:
        return Q() if limit.organizations is None else Q(**{f"{path}__in": limit.organizations})

    return narrow


def not_limited_to_programs(limit: Limit) -> Q:
    """Every row, but none for a role that is limited to programs."""
    return Q() if limit.programs is None else NO_ROWS


def whole_institution(_limit: Limit) -> Q:
    """Every row: what the whole institution shares."""
    return Q()


def only_everywhere(limit: Limit) -> Q:
    """Every row for a role without limitation, none for others."""
    return Q() if limit.anywhere else NO_ROWS


def about_a_learner(path: str) -> Narrow:
    """Rows about a learner who belongs to a place within the limit, among others perhaps: for identity."""

    def narrow(limit: Limit) -> Q:
        if limit.anywhere and limit.advisor is None:
            return Q()
        return Q(**{f"{path}__in": learners_within(limit)})

    return narrow


def about_the_whole_learner(path: str) -> Narrow:
    """Rows about a learner who belongs to places within the limit and to no others.

    What is about a person as a whole, such as a transcript, asks for a role over all of the person's places.
    """

    def narrow(limit: Limit) -> Q:
        if limit.anywhere and limit.advisor is None:
            return Q()
        return Q(**{f"{path}__in": learners_wholly_within(limit)})

    return narrow


def of_advised_learner(path: str) -> Narrow:
    """For an advisor, rows about their own learners; for others, all rows."""

    def narrow(limit: Limit) -> Q:
        return Q() if limit.advisor is None else Q(**{f"{path}__in": _records(_advised(limit.advisor))})

    return narrow


def both(*conditions: Narrow) -> Narrow:
    """Rows that fulfil each of these conditions."""

    def narrow(limit: Limit) -> Q:
        return reduce(lambda one, other: one & other, [condition(limit) for condition in conditions])

    return narrow


def learners_within(limit: Limit) -> QuerySet[Learner, Any]:
    """The ids of the records of all learners with a place within the limit; linked records are one learner."""
    records = Q() if limit.advisor is None else Q(pk__in=_records(_advised(limit.advisor)))
    if not limit.anywhere:
        records &= Q(pk__in=_records(_home_within(limit) | _any_tie([tie.within(limit) for tie in _ties])))
    return Learner.objects.filter(records).values("pk")


def learners_wholly_within(limit: Limit) -> QuerySet[Learner, Any]:
    """The ids of the records of those learners from `learners_within` who have no place outside the limit."""
    records = learners_within(limit)
    if limit.anywhere:
        return records
    outside = _home_outside(limit) | _any_tie([tie.outside(limit) for tie in _ties])
    return records.exclude(pk__in=_records(outside))


def _home_within(limit: Limit) -> Q:
    # A role that is limited to programs reaches learners by their enrollments alone.
    if limit.organizations is None or limit.programs is not None:
        return NO_ROWS
    return Q(home_organization__in=limit.organizations)


def _home_outside(limit: Limit) -> Q:
    if limit.organizations is None:
        return NO_ROWS
    return Q(home_organization__isnull=False) & ~Q(home_organization__in=limit.organizations)


def _any_tie(ties: Sequence[QuerySet[Any, Any]]) -> Q:
    return reduce(or_, [Q(pk__in=tie) for tie in ties], NO_ROWS)


def _advised(advisor: int) -> Q:
    return Q(pk__in=AdvisorAssignment.objects.in_force(clock.now()).filter(advisor=advisor).values("learner"))


def _records(some: Q) -> QuerySet[Learner, Any]:
    """The ids of the records in question and of all records that are linked with them."""
    people = Learner.objects.filter(some).values(person=Coalesce("same_as_id", "id"))
    return Learner.objects.alias(person=Coalesce("same_as_id", "id")).filter(person__in=people).values("pk")
