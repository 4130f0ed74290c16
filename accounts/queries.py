"""Reads about people, organizations and rights."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from oauth2_provider.models import AccessToken

from accounts.errors import ApprovalMissingError
from accounts.models import (
    Approval,
    ApprovalAct,
    ApprovedKind,
    Learner,
    LearnerIdentifier,
    LearnerLink,
    LearnerName,
    NameKind,
    Organization,
    PartnerClient,
    Role,
    RoleAssignment,
    SharingGrant,
    User,
)
from accounts.models.learners import linked_learner_ids, linked_with
from accounts.rules.name_comparison import ComparisonObstacle, RecordPrivacy, comparison_obstacles
from accounts.rules.names import search_words
from core import clock
from core.database.compiled import compiled
from core.text.letters import pasted, printable

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def comparison_obstacles_of(learner: Learner, *, at: datetime) -> tuple[ComparisonObstacle, ...]:
    """Return why names are not compared with those on this person's documents at the instant `at`.

    Empty where they are compared. Each of the linked records counts.
    """
    # The time zone as a column: anybody may ask, so that the answer takes one query.
    rows = Learner.objects.of(learner).annotate(zone=learners_time_zone())
    return comparison_obstacles(
        RecordPrivacy(born, held=held, comparable=comparable, on=clock.civil_date(at, zone_named(zone)))
        for born, held, comparable, zone in rows.values_list("birth_date", "privacy_hold", "names_comparable", "zone")
    )


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


def legal_name_of(learner: Learner, *, on: date) -> LearnerName | None:
    """The legal name of a person for documents on a day, whichever of the linked records has it.

    Several records may each have one: then the name that was taken last counts (`LearnerNameQuerySet.latest_first`).
    """
    return next(iter(_legal_names(learner.pk, on)), None)


# Compiled once per process: issuing a document asks this for every credential.
@compiled
def _legal_names(learner: int, on: date) -> QuerySet[LearnerName]:
    return LearnerName.objects.of(Learner(pk=learner)).legal().on(on).latest_first()


def display_name_of(learner: Learner, *, on: date) -> str:
    """The name of a learner on pages: the chosen name on a day, otherwise the legal name, otherwise the number.

    Of the names of several linked records the one that was taken last counts. Control characters and changes of
    direction are removed, because the name stands inside other text.
    """
    names: dict[str, str] = {}
    for name in _names(learner.pk, on):
        names.setdefault(name.kind, name.text)
    return _display_name(names, learner)


def display_names_of(learners: Iterable[Learner], *, on: date) -> dict[int, str]:
    """`display_name_of` each of these records, by the record's id; one query, however many there are."""
    records = {learner.pk: learner for learner in learners}
    names: dict[int, dict[str, str]] = {}
    rows = LearnerName.objects.filter(learner_id__in=linked_learner_ids(*records)).on(on)
    people = rows.annotate(person=Coalesce("learner__same_as_id", "learner_id")).latest_first()
    for person, kind, text in people.values_list("person", "kind", "text"):
        names.setdefault(person, {}).setdefault(kind, text)
    return {record: _display_name(names.get(learner.canonical_id, {}), learner) for record, learner in records.items()}


def _display_name(names: Mapping[str, str], learner: Learner) -> str:
    return printable(names.get(NameKind.CHOSEN) or names.get(NameKind.LEGAL) or learner.learner_number)


@compiled
def _names(learner: int, on: date) -> QuerySet[LearnerName]:
    return LearnerName.objects.of(Learner(pk=learner)).on(on).latest_first()


def learner_time_zone() -> ZoneInfo:
    """The time zone for civil dates of learners: the one of the root organization, or UTC before it is set up."""
    return zone_named(_roots().values_list("time_zone", flat=True).first())


def learners_time_zone() -> Subquery:
    """The name of `learner_time_zone()` as a column of any row; `zone_named` reads it."""
    return Subquery(_roots().values("time_zone")[:1])


def zone_named(name: str | None) -> ZoneInfo:
    """The zone of an organization's `time_zone`; UTC where there is no organization yet."""
    return ZoneInfo(name or "UTC")


def _roots() -> QuerySet[Organization]:
    return Organization.objects.ours().filter(parent=None).order_by("pk")


def learner_civil_date(at: datetime) -> date:
    """The civil date of the instant `at` in the time zone of learners."""
    return clock.civil_date(at, learner_time_zone())


def grant_of_token(token: str, *, at: datetime) -> SharingGrant | None:
    """The live grant to which the token of a link belongs."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return SharingGrant.objects.live(at).filter(link__token_digest=digest).first()


def learner_ids_matching(words: str) -> QuerySet[Learner, Any]:
    """The ids of the records of people that match a search text: of records that match, and of all linked with them.

    A record matches if one of its names has every word or its beginning, or if its number, an identifier, its public id
    or an e-mail of its account equals the whole text. Former names count too. An empty text matches nothing.
    """
    return linked_with(_records_matching(words))


def _records_matching(words: str) -> QuerySet[Learner, Any]:
    search_text = pasted(words)
    spellings = spellings_of(words)
    prefixes = search_words(search_text)
    # A UNION with one subquery per index: with OR, PostgreSQL would read all learners.
    matches = Learner.objects.filter(learner_number__in=spellings).values("pk")
    matches = matches.union(LearnerIdentifier.objects.current().filter(value__in=spellings).values("learner"))
    if prefixes:
        matches = matches.union(LearnerName.objects.containing_words(prefixes).values("learner"))
    if "@" in search_text:
        matches = matches.union(*_with_email(search_text))
    if (public_id := pasted_uuid(search_text)) is not None:
        matches = matches.union(Learner.objects.filter(public_id=public_id).values("pk"))
    return matches if search_text else Learner.objects.none().values("pk")


def spellings_of(typed: str) -> list[str]:
    """How a number or an identifier that was pasted may be stored: as typed, tidied, without blanks, in either case."""
    tidied = pasted(typed)
    plain = [typed.replace("\0", "").strip(), tidied, tidied.replace(" ", "")]  # PostgreSQL has no NUL
    return list(dict.fromkeys([*plain, *(text.upper() for text in plain), *(text.lower() for text in plain)]))


def _with_email(address: str) -> list[QuerySet[Any, Any]]:
    """The records whose account signs in with this address, or has it as another one; in any case of letters."""
    # Lower, as the unique index has it: iexact compares in upper case and would read all accounts.
    accounts = User.objects.annotate(lower_email=Lower("email")).filter(lower_email=address.lower())
    others = EmailAddress.objects.filter(email=address.lower())  # allauth stores addresses in lower case
    return [
        Learner.objects.filter(user__in=accounts).values("pk"),
        Learner.objects.filter(user__in=others.values("user")).values("pk"),
    ]


def pasted_uuid(text: str) -> uuid.UUID | None:
    """The UUID that was pasted, with any dash or blank; None for other text."""
    try:
        return uuid.UUID(pasted(text).replace(" ", ""))
    except ValueError:
        return None


def with_names(learners: QuerySet[Learner], *, on: date) -> QuerySet[Learner]:
    """The records, annotated with the person's `legal_name` on that day, and its `sort_key`."""
    # Subqueries and not a join: one row per record, also for callers that count or slice the result.
    names = _legal_names_of_person(OuterRef("same_as_id"), OuterRef("pk"), on)
    return learners.annotate(
        legal_name=Subquery(names.values("text")[:1]), sort_key=Subquery(names.values("sort_key")[:1])
    )


def _legal_names_of_person(same_as: OuterRef, record: OuterRef, on: date) -> QuerySet[LearnerName]:
    """The legal names on a day of the person to whom a record with these columns belongs, the name in use first."""
    # One query deeper than the row itself. The expression is that of the index `learner_person`.
    records = Learner.objects.alias(person=Coalesce("same_as_id", "id")).filter(
        person=Coalesce(OuterRef(same_as), OuterRef(record))
    )
    return LearnerName.objects.legal().on(on).filter(learner__in=records.values("pk")).latest_first()


def verified_address_of(user: User) -> EmailAddress | None:
    """The primary address of an account, if its owner has verified it."""
    address: EmailAddress | None = EmailAddress.objects.filter(user=user, primary=True, verified=True).first()
    return address


def mailable_address_of(learner: Learner) -> EmailAddress | None:
    """The verified address to which mails about this learner go, with its user; of any of the linked records.

    None without an account in use, and for those who have died.
    """
    records = Learner.objects.of(learner)
    addresses: QuerySet[EmailAddress] = EmailAddress.objects.filter(primary=True, verified=True, user__is_active=True)
    mailable = addresses.filter(user__in=records.values("user")).exclude(
        Exists(records.filter(deceased_on__isnull=False))
    )
    return mailable.select_related("user").order_by("user__learner").first()


def watching_addresses(*, at: datetime) -> QuerySet[EmailAddress]:
    """The primary addresses of registrars and inspectors: they get a mail when somebody may decide alone."""
    watchers = RoleAssignment.objects.in_force(at).to(Role.REGISTRAR, Role.INSPECTOR).values("user")
    # By primary key: the mails are enqueued in the same order each time.
    addresses: QuerySet[EmailAddress] = EmailAddress.objects.filter(primary=True, user__is_active=True)
    return addresses.filter(user__in=watchers).order_by("pk")


def deciding_addresses(role: Role, *, at: datetime) -> QuerySet[EmailAddress]:
    """The verified primary addresses of all who hold a role: they get a mail when they can decide something."""
    holders = RoleAssignment.objects.in_force(at).to(role).values("user")
    addresses: QuerySet[EmailAddress] = EmailAddress.objects.filter(primary=True, verified=True, user__is_active=True)
    return addresses.filter(user__in=holders).order_by("pk")


def approval_for(act: ApprovalAct, *, kind: ApprovedKind, subject_id: uuid.UUID, digest: str) -> Approval:
    """The latest approval of this act with this digest.

    Raises ApprovalMissingError if there is none, or if the subject has changed and has another digest now.
    """
    approval = Approval.objects.about(act, kind, subject_id).approved(digest).order_by("-decided_at").first()
    if approval is None:
        raise ApprovalMissingError
    return approval


def user_with_email(email: str) -> User | None:
    """The account that signs in with this address, in any case of letters."""
    return users_with_email(email).first()


def users_with_email(email: str) -> QuerySet[User]:
    """The account that signs in with this address, in any case of letters, if there is one."""
    return User.objects.filter(email__iexact=email)


def with_current_roles(users: QuerySet[User], *, at: datetime) -> QuerySet[User]:
    """The users, each with the list `roles_now` of assignments in force at the instant `at`; one more query for all."""
    assignments = RoleAssignment.objects.in_force(at).order_by("role", "pk")
    return users.prefetch_related(Prefetch("role_assignments", assignments, "roles_now"))


def assignments_in_period(
    assignments: QuerySet[RoleAssignment], period: str, *, at: datetime
) -> QuerySet[RoleAssignment]:
    """The assignments that are in force at `at` ("now"), have ended ("past") or have not begun ("future")."""
    match period:
        case "now":
            return assignments.filter(pk__in=RoleAssignment.objects.in_force(at).values("pk"))
        case "past":
            return assignments.filter(ends_at__lte=at)
        case "future":
            # An assignment that was cancelled before its start ends where it starts: it is past.
            return assignments.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__gt=at)
        case _:
            return assignments


def second_factors_of(user: User) -> QuerySet[Authenticator]:
    """The authenticators that count as a second factor; recovery codes alone do not."""
    factors: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS)
    return factors


def client_of_token(token: str, *, at: datetime) -> PartnerClient | None:
    """The client to which a bearer token with the scope `read` belongs, if neither has ended at the instant `at`."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    access_token = (
        AccessToken.objects.select_related("application__organization")
        .filter(token_checksum=digest, expires__gt=at, application__ended_at=None)
        .first()
    )
    return access_token.application if access_token is not None and access_token.allow_scopes(["read"]) else None


def learners_with_number(number: str) -> QuerySet[Learner]:
    """The record with this learner number, if there is one."""
    return Learner.objects.filter(learner_number=number)


def another_learner_has_account(user: User, learner: Learner) -> bool:
    """Whether the account belongs to another record than `learner`."""
    return Learner.objects.filter(user=user).exclude(pk=learner.pk).exists()


def has_name_without_end(learner: Learner, kind: NameKind) -> bool:
    """Whether one of the person's records has a name of this kind that has no end yet."""
    return LearnerName.objects.of(learner).filter(kind=kind, ends_on=None).exists()


def links_in_force_of(learner: Learner) -> QuerySet[LearnerLink]:
    """The links in force among all records of this learner, with both records."""
    return LearnerLink.objects.of(learner).in_force().select_related("learner", "other")


def learners_for_desk(learners: QuerySet[Learner], *, on: date) -> QuerySet[Learner]:
    """The records with `legal_name` on that day, the account and the record that carries the derived rows.

    A list of records shows the name that each of them has itself; one without a name shows the person's.
    """
    own = LearnerName.objects.legal().on(on).filter(learner=OuterRef("pk")).latest_first()
    persons = _legal_names_of_person(OuterRef("same_as_id"), OuterRef("pk"), on)
    named = Coalesce(Subquery(own.values("text")[:1]), Subquery(persons.values("text")[:1]))
    return learners.annotate(legal_name=named).select_related("user", "same_as")


def with_learner(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with their learner, in the same query."""
    return rows.select_related("learner")


def rows_of_learners_matching(rows: QuerySet[Any], words: str, *, learner: str = "learner") -> QuerySet[Any]:
    """The rows that belong to learners from `learner_ids_matching`; `learner` is the path to the learner.

    An empty text leaves all rows.
    """
    return rows.filter(**{f"{learner}__in": learner_ids_matching(words)}) if words else rows


def identifiers_with_value(identifiers: QuerySet[LearnerIdentifier], words: str) -> QuerySet[LearnerIdentifier]:
    """The identifiers that equal the search text; an empty text leaves all of them."""
    return identifiers.filter(value__in=spellings_of(words)) if words else identifiers


def with_person(rows: QuerySet[Any], *, on: date) -> QuerySet[Any]:
    """Each row about a learner with the person's `legal_name` of that day."""
    names = _legal_names_of_person(OuterRef("learner__same_as_id"), OuterRef("learner_id"), on)
    found: QuerySet[Any] = rows.annotate(legal_name=Subquery(names.values("text")[:1]))
    return found
