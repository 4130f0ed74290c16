"""Learners, their linked records and their accounts."""

from django.db.models import QuerySet

from accounts.models import (
    Learner,
    LearnerLink,
    User,
)
from accounts.models.learners import linked_learner_ids


def canonical_record_of(learner: Learner) -> Learner:
    """The record that carries this learner's derived rows: the one with the lowest id among the linked records."""
    return Learner.objects.get(
        pk=Learner.objects.filter(pk=learner.pk).values_list("same_as", flat=True)[0] or learner.pk
    )


def learner_of(user: User) -> Learner | None:
    """The learner who signs in with this account, as the record that carries the derived rows."""
    # The user keeps the record: rules of access ask for it too, in the same request.
    record: Learner | None = getattr(user, "learner", None)
    return record and (record.same_as or record)


def account_of(learner: Learner) -> User | None:
    """The account with which a person signs in: that of this record, otherwise that of the lowest linked record."""
    if learner.user is not None:
        return learner.user
    return User.objects.filter(learner__in=linked_learner_ids(learner.pk)).order_by("learner").first()


def user_with_email(email: str) -> User | None:
    """The account that signs in with this address, in any case of letters."""
    return users_with_email(email).first()


def users_with_email(email: str) -> QuerySet[User]:
    """The account that signs in with this address, in any case of letters, if there is one."""
    return User.objects.filter(email__iexact=email)


def learners_with_number(number: str) -> QuerySet[Learner]:
    """The record with this learner number, if there is one."""
    return Learner.objects.filter(learner_number=number)


def another_learner_has_account(user: User, learner: Learner) -> bool:
    """Whether the account belongs to another record than `learner`."""
    return Learner.objects.filter(user=user).exclude(pk=learner.pk).exists()


def links_in_force_of(learner: Learner) -> QuerySet[LearnerLink]:
    """The links in force among all records of this learner, with both records."""
    return LearnerLink.objects.of(learner).in_force().select_related("learner", "other")
