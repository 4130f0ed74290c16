"""Reads about people that cross tables."""

import hashlib
import uuid
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db.models import OuterRef, QuerySet, Subquery

from accounts.errors import ApprovalMissingError
from accounts.models import (
    Approval,
    ApprovalAct,
    ApprovedKind,
    Learner,
    LearnerIdentifier,
    LearnerName,
    NameKind,
    Organization,
    Role,
    RoleAssignment,
    SharingGrant,
    User,
)
from accounts.rules.names import search_words
from accounts.rules.tenure import roles_in_force
from config.base import clock
from config.base.compiled import compiled
from config.base.letters import printable


def person_of(learner: Learner) -> Learner:
    """The record that carries this person's derived rows: the lowest id among linked ones."""
    return Learner.objects.get(
        pk=Learner.objects.filter(pk=learner.pk).values_list("same_as", flat=True)[0] or learner.pk
    )


def learner_of(user: User) -> Learner | None:
    """The person who signs in with this account, by the record that carries their rows."""
    record = Learner.objects.select_related("same_as").filter(user=user).first()
    return record and (record.same_as or record)


def legal_name_of(learner: Learner, *, on: date) -> LearnerName | None:
    """The name that a document of that day uses: this record's, else the one of the lowest record linked with it."""
    found = {name.learner_id: name for name in _legal_names(learner.pk, on)}
    return found.get(learner.pk) or (found[min(found)] if found else None)


@compiled
def _legal_names(learner: int, on: date) -> QuerySet[LearnerName]:
    return LearnerName.objects.of(Learner(pk=learner)).legal().on(on)


def shown_name_of(learner: Learner, *, on: date) -> str:
    """What pages call a person: the chosen name of that day, else the legal one, else the number.

    As it may stand among other words: the record keeps what was written.
    """
    names = {name.kind: name.text for name in LearnerName.objects.of(learner).on(on).order_by("-learner_id", "-pk")}
    return printable(names.get(NameKind.CHOSEN) or names.get(NameKind.LEGAL) or learner.learner_number)


def learners_zone() -> ZoneInfo:
    """Where learners' civil dates are made: the time zone of the root organization; UTC before it is set up."""
    root = Organization.objects.ours().filter(parent=None).only("time_zone").first()
    return root.zone if root else ZoneInfo("UTC")


def learners_day(at: datetime) -> date:
    """The civil date of `at` for learners."""
    return clock.civil_date(at, learners_zone())


def grant_of_token(token: str, *, at: datetime) -> SharingGrant | None:
    """The live grant that a link's token opens."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return SharingGrant.objects.live(at).filter(link__token_digest=digest).first()


def learners_matching(words: str) -> QuerySet[Learner]:
    """The records that `ids_matching` finds."""
    return Learner.objects.filter(pk__in=ids_matching(words))


def ids_matching(words: str) -> QuerySet[Learner, Any]:
    """The ids of records whose names hold every word (or its beginning), or whose number or identifier was typed.

    Without a word: none. All names count, past ones too.
    """
    typed = words.replace("\0", "").strip()  # PostgreSQL has no NUL
    wanted = search_words(typed)
    # One subquery per index: joined by OR, the conditions would make PostgreSQL read every learner.
    found = Learner.objects.filter(learner_number=typed).values("pk")
    found = found.union(LearnerIdentifier.objects.current().filter(value=typed).values("learner"))
    if wanted:
        found = found.union(LearnerName.objects.holding(wanted).values("learner"))
    return found if typed else Learner.objects.none().values("pk")


def with_names(learners: QuerySet[Learner], *, on: date) -> QuerySet[Learner]:
    """Each record with `legal_name` and `sort_key` of that day, in the same query."""
    names = LearnerName.objects.legal().on(on).filter(learner=OuterRef("pk")).order_by("pk")
    return learners.annotate(
        legal_name=Subquery(names.values("text")[:1]), sort_key=Subquery(names.values("sort_key")[:1])
    )


def watching_addresses(*, at: datetime) -> QuerySet[EmailAddress]:
    """The main addresses of the people who are told when somebody may decide alone: registrars and inspectors."""
    watchers = RoleAssignment.objects.in_force(at).to(Role.REGISTRAR, Role.INSPECTOR).values("user")
    addresses: QuerySet[EmailAddress] = EmailAddress.objects.filter(primary=True, user__is_active=True)
    return addresses.filter(user__in=watchers).order_by("pk")


def approvals_waiting_for(user: User, *, at: datetime) -> QuerySet[Approval]:
    """The open approvals that a role of `user` decides, without those they asked for themselves."""
    return Approval.objects.open().filter(role__in=roles_in_force(user.tenures, at=at)).exclude(asked_by=user)


def approval_for(act: ApprovalAct, *, kind: ApprovedKind, subject_id: uuid.UUID, digest: str) -> Approval:
    """The approval of exactly this; raises ApprovalMissingError when there is none or the subject has changed since."""
    given = Approval.objects.about(act, kind, subject_id).given(digest).order_by("-decided_at").first()
    if given is None:
        raise ApprovalMissingError
    return given
