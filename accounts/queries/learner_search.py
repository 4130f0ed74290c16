"""Learners found by a search text: names, numbers, identifiers, addresses."""

import uuid
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import (
    Learner,
    LearnerIdentifier,
    LearnerName,
    User,
)
from accounts.models.learners import linked_with
from accounts.rules.name_spelling import search_words
from core.text.letters import pasted


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


def rows_of_learners_matching(rows: QuerySet[Any], words: str, *, learner: str = "learner") -> QuerySet[Any]:
    """The rows that belong to learners from `learner_ids_matching`; `learner` is the path to the learner.

    An empty text leaves all rows.
    """
    return rows.filter(**{f"{learner}__in": learner_ids_matching(words)}) if words else rows


def identifiers_with_value(identifiers: QuerySet[LearnerIdentifier], words: str) -> QuerySet[LearnerIdentifier]:
    """The identifiers that equal the search text; an empty text leaves all of them."""
    return identifiers.filter(value__in=spellings_of(words)) if words else identifiers
