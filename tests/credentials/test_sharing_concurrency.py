"""What is checked before an act is checked under the lock that guards it: two acts at once take turns."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.actions.organizations import save_organization
from accounts.models import Organization, OrganizationKind, SharingGrant, SharingPurpose
from core import clock
from core.jobs.models import Job
from credentials.errors import NotTheirTranscriptError
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key, report_compromise
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.signing import sign_prepared
from credentials.models import Credential, GrantItem, Transcript
from credentials.sharing.actions import Terms, share_transcript
from credentials.transcripts.actions.transcripts import supersede_transcript
from tests.assessments.places import MONDAY
from tests.assessments.test_ledger_concurrency import together
from tests.credentials.awarding import achievement_of, granted
from tests.credentials.sharing_places import new_partner, new_transcript
from tests.recipes import institution, learner, make_user

pytestmark = pytest.mark.django_db(transaction=True)
LONG_ENOUGH = 0.5  # seconds in which the other act would be through if it did not wait


def test_a_transcript_that_is_being_replaced_is_not_shared() -> None:
    institution.make()
    first = new_transcript()
    replaced = threading.Event()

    def replace() -> None:
        with transaction.atomic():
            supersede_transcript(first, by=None, at=clock.now())
            replaced.set()
            time.sleep(LONG_ENOUGH)

    def share() -> None:
        replaced.wait(10)
        at = clock.now()
        terms = Terms(SharingPurpose.STUDY, "I agree.", at + timedelta(days=1))
        share_transcript(first.learner, transcript=first, terms=terms, at=at)

    raised = together(replace, share)

    assert [type(error) for error in raised] == [NotTheirTranscriptError]
    assert (SharingGrant.objects.count(), GrantItem.objects.count(), Transcript.objects.count()) == (0, 0, 2)


def test_nothing_is_shared_with_an_organization_that_is_becoming_no_partner() -> None:
    institution.make()
    partner = new_partner()
    transcript = new_transcript()
    changed = threading.Event()

    def change() -> None:
        with transaction.atomic():
            kind, zone = OrganizationKind.OURS, partner.time_zone
            root = Organization.objects.root()
            save_organization(partner, name="Acme", kind=kind, time_zone=zone, parent=root, by=None)
            changed.set()
            time.sleep(LONG_ENOUGH)

    def share() -> None:
        changed.wait(10)
        at = clock.now()
        terms = Terms(SharingPurpose.STUDY, "I agree.", at + timedelta(days=1))
        stale = Organization(pk=partner.pk, kind=OrganizationKind.PARTNER, public_id=partner.public_id)
        share_transcript(transcript.learner, transcript=transcript, terms=terms, at=at, organization=stale)

    raised = together(change, share)

    assert [type(error) for error in raised] == [NotTheirTranscriptError]
    assert not SharingGrant.objects.exists()


def test_what_is_signed_while_its_key_is_reported_is_issued_anew() -> None:
    school = institution.make()
    issuer = save_issuer(None, organization=school, slug="lakeside", name="Lakeside", by=None, at=MONDAY)
    key = make_first_key(issuer, by=None, at=MONDAY)
    prepared = issue_award(granted(learner.make(), achievement_of(school)))
    assert prepared is not None
    signing = threading.Event()

    def sign() -> None:
        with transaction.atomic():
            sign_prepared(prepared)
            signing.set()
            time.sleep(LONG_ENOUGH)

    def report() -> None:
        signing.wait(10)
        report_compromise(key, by=make_user(), at=clock.now(), reason="It got out.")

    assert together(sign, report) == []
    assert Credential.objects.get().state == "signed"
    anew = Job.objects.filter(name="credentials.reissue_under_new_key").values_list("args", flat=True)
    assert list(anew) == [[prepared.pk]]
    connection.close()
