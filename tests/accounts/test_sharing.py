"""Sharing grants and disclosures."""

import hashlib
from datetime import datetime, timedelta

import pytest

from accounts.actions.links import link_records
from accounts.actions.sharing_grants import (
    DisclosedPart,
    give_sharing_grant,
    record_disclosures,
    withdraw_sharing_grant,
)
from accounts.errors import AlreadyEndedError, EndsBeforeItStartsError, GrantNotLiveError
from accounts.models import (
    DisclosedAct,
    DisclosedKind,
    Disclosure,
    Learner,
    Organization,
    OrganizationKind,
    SharingGrant,
    SharingPurpose,
    User,
)
from accounts.models.sharing_grants import GrantState
from accounts.queries.access import grant_of_token
from tests.accounts.conftest import FRIDAY, MONDAY, TUESDAY
from tests.recipes import institution

WORDS = "I agree that Acme reads my transcript until Friday."
SECOND = timedelta(seconds=1)


@pytest.fixture
def acme(db: None) -> Organization:
    partner: Organization = institution.make(name="Acme", kind=OrganizationKind.PARTNER)
    return partner


@pytest.fixture
def grant(ada: Learner, acme: Organization) -> SharingGrant:
    return give(ada, acme)


def give(learner: Learner, partner: Organization | None, *, use_limit: int | None = None) -> SharingGrant:
    return give_sharing_grant(
        learner,
        organization=partner,
        purpose=SharingPurpose.EMPLOYMENT,
        consent=WORDS,
        at=MONDAY,
        expires_at=FRIDAY,
        use_limit=use_limit,
    )[0]


def show(grant: SharingGrant, partner: Organization | None, *, learner: Learner | None = None) -> list[Disclosure]:
    about = learner or grant.learner
    part = DisclosedPart(about.pk, grant.pk, DisclosedKind.LEARNER, about.public_id)
    return record_disclosures([part], act=DisclosedAct.READ, status=200, at=TUESDAY, organization=partner)


def test_an_answer_is_written_down_and_counted(grant: SharingGrant, acme: Organization) -> None:
    show(grant, acme)

    grant.refresh_from_db()
    assert (grant.use_count, Disclosure.objects.of(grant.learner).to(acme).count()) == (1, 1)


def test_nothing_is_shown_after_a_withdrawal(grant: SharingGrant, acme: Organization) -> None:
    withdraw_sharing_grant(grant, at=TUESDAY)

    with pytest.raises(GrantNotLiveError):
        show(grant, acme)
    assert Disclosure.objects.count() == 0


def test_a_grant_is_withdrawn_once(grant: SharingGrant) -> None:
    withdraw_sharing_grant(grant, at=TUESDAY)

    with pytest.raises(AlreadyEndedError):
        withdraw_sharing_grant(grant, at=FRIDAY)


def test_a_grant_is_for_its_partner_only(grant: SharingGrant) -> None:
    with pytest.raises(GrantNotLiveError):
        show(grant, institution.make(name="Bolt", kind=OrganizationKind.PARTNER))


def test_a_grant_used_up_shows_nothing_more(ada: Learner, acme: Organization) -> None:
    grant = give(ada, acme, use_limit=1)
    show(grant, acme)

    with pytest.raises(GrantNotLiveError):
        show(grant, acme)


def test_one_refused_part_refuses_the_whole_answer(ada: Learner, grace: Learner, acme: Organization) -> None:
    good, bad = give(ada, acme), give(grace, acme)
    withdraw_sharing_grant(bad, at=TUESDAY)
    parts = [
        DisclosedPart(each.learner_id, each.pk, DisclosedKind.LEARNER, each.learner.public_id) for each in (good, bad)
    ]

    with pytest.raises(GrantNotLiveError):
        record_disclosures(parts, act=DisclosedAct.LIST, status=200, at=TUESDAY, organization=acme)
    assert Disclosure.objects.count() == 0


def test_a_grant_covers_records_linked_with_its_own(
    grant: SharingGrant, ada: Learner, grace: Learner, acme: Organization, registrar: User
) -> None:
    link_records(ada, other=grace, reason="one person", by=registrar, at=TUESDAY)

    assert [row.learner for row in show(grant, acme, learner=grace)] == [grace]


def test_the_token_of_a_link_is_stored_hashed_and_opens_it(ada: Learner) -> None:
    grant, token = give_sharing_grant(ada, purpose=SharingPurpose.STUDY, consent=WORDS, at=MONDAY, expires_at=FRIDAY)

    assert grant.link.token_digest == hashlib.sha256(token.encode()).hexdigest()
    assert [grant_of_token(token, at=at) for at in (TUESDAY, FRIDAY)] == [grant, None]
    assert grant_of_token(token + "x", at=TUESDAY) is None


def test_a_grant_ends_after_it_starts(ada: Learner) -> None:
    with pytest.raises(EndsBeforeItStartsError):
        give_sharing_grant(ada, purpose=SharingPurpose.STUDY, consent=WORDS, at=MONDAY, expires_at=MONDAY)


def test_the_proof_of_consent_covers_the_terms(ada: Learner, acme: Organization) -> None:
    digests = {give(ada, acme).consent_digest, give(ada, acme, use_limit=3).consent_digest}

    assert len(digests) == 2


@pytest.mark.parametrize("withdrawn_at", [None, MONDAY + timedelta(days=1)])
@pytest.mark.parametrize(("use_limit", "use_count"), [(None, 5), (3, 2), (3, 3)])
@pytest.mark.parametrize("after", [timedelta(seconds=-1), timedelta(0), timedelta(days=6), timedelta(days=7)])
def test_a_row_and_the_database_agree_on_when_a_grant_is_open(
    ada: Learner, withdrawn_at: datetime | None, use_limit: int | None, use_count: int, after: timedelta
) -> None:
    grant, _token = give_sharing_grant(
        ada,
        purpose=SharingPurpose.STUDY,
        consent="Read it.",
        at=MONDAY,
        expires_at=MONDAY + timedelta(days=7),
        use_limit=use_limit,
    )
    grant.withdrawn_at, grant.use_count = withdrawn_at, use_count
    grant.save(update_fields=["withdrawn_at", "use_count"])

    at = MONDAY + after

    assert SharingGrant.objects.live(at).exists() == (grant.state_at(at) is GrantState.OPEN)
