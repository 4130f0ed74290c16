"""The integrity checks of accounts find rows that were damaged past the actions."""

from accounts.actions.links import link_records
from accounts.integrity import problems
from accounts.models import Learner, Organization, SharingGrant, SharingPurpose, User
from core.text.canonical import digest
from tests.accounts.conftest import FRIDAY, MONDAY, TUESDAY


def test_sound_rows_have_no_problems(ada: Learner, grace: Learner, school: Organization, registrar: User) -> None:
    link_records(ada, other=grace, reason="one person", by=registrar, at=TUESDAY)

    assert list(problems()) == []


def test_a_record_that_lost_its_person_is_found(ada: Learner, grace: Learner, registrar: User) -> None:
    link_records(ada, other=grace, reason="one person", by=registrar, at=TUESDAY)
    Learner.objects.filter(pk=grace.pk).update(same_as=None)

    assert list(problems()) == [f"Learner {grace.pk} points at None, its links say {ada.pk}."]


def test_a_record_joined_without_a_link_is_found(ada: Learner, grace: Learner) -> None:
    Learner.objects.filter(pk=grace.pk).update(same_as=ada)

    assert list(problems()) == [f"Learner {grace.pk} points at {ada.pk}, its links say None."]


def test_a_zone_that_nobody_knows_is_found(school: Organization) -> None:
    Organization.objects.update(time_zone="Middle/Earth")

    assert list(problems()) == [
        f"Organization {school.pk} is in the time zone Middle/Earth, which this machine does not know."
    ]


def test_a_use_without_a_disclosure_is_found(ada: Learner) -> None:
    grant = SharingGrant.objects.create(
        learner=ada,
        purpose=SharingPurpose.STUDY,
        consent_digest=digest("agreed"),
        granted_at=MONDAY,
        expires_at=FRIDAY,
        use_count=1,
    )

    assert list(problems()) == [f"Sharing grant {grant.pk} was used more often than disclosures were written."]
