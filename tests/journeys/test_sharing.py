"""Sharing and checking in a browser: what a learner agrees to, what a link shows, what a stranger is answered."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.actions.learners import create_learner
from accounts.models import Disclosure, User
from credentials.models import Credential, Issuer
from tests.credentials.awarded import AT, issuer, new_credential
from tests.credentials.sharing_places import new_partner, new_program, new_transcript
from tests.journeys.conftest import WIDTHS, Visitor
from tests.journeys.looks import faults_of, look_at
from tests.recipes import make_user, signed_in_client

__all__ = ["issuer"]  # a fixture, borrowed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]


@pytest.fixture
def credential(transactional_db: None, issuer: Issuer) -> Credential:
    user: User = make_user()
    learner = create_learner("Ada Lovelace", by=None, at=AT, user=user)
    return new_credential(issuer, learner=learner)


def seen(page: Page, name: str) -> list[str]:
    """The faults of the page as it stands, at the desk and on the phone."""
    found = []
    for width, (across, down) in WIDTHS.items():
        page.set_viewport_size({"width": across, "height": down})
        found += faults_of(page, f"{name}-{width}-light")
    return found


def test_a_learner_shares_by_link_and_a_stranger_opens_it(visit: Visit, credential: Credential) -> None:
    user: Any = credential.learner.user
    new_transcript(credential.learner)
    new_program(new_partner())
    page = visit(session=signed_in_client(user).session.session_key or "").open("/sharing/")
    faults = seen(page, "sharing-empty")

    page.get_by_role("link", name="Share a transcript").click()
    faults += seen(page, "sharing-form")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Whoever holds the link may read my transcript")).to_be_visible()
    faults += seen(page, "sharing-words")
    page.get_by_role("button", name="I agree, share it").click()
    link = page.get_by_label("Link").input_value()
    faults += seen(page, "sharing-link")

    place = link.split("localhost:8000")[-1]
    stranger = visit().open(place)
    expect(stranger.get_by_text("Lovelace")).to_have_count(0)
    faults += seen(stranger, "shared-link")
    stranger.get_by_role("button", name="Open the transcript").click()
    expect(stranger.get_by_text("Ada Lovelace")).to_be_visible()
    faults += seen(stranger, "shared-transcript")

    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("cell", name="read", exact=True)).to_be_visible()
    faults += seen(page, "sharing-grant")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Withdrawn. From now on nothing can be read there.")).to_be_visible()
    assert Client().get(place).status_code == HTTPStatus.NOT_FOUND
    assert Disclosure.objects.count() == 1
    assert faults == []


def test_anybody_checks_a_credential(visit: Visit, credential: Credential) -> None:
    faults = look_at(visit, "/verify/", name="verify")
    faults += look_at(visit, f"/verify/{credential.code}", name="verify-valid")
    page = visit().open("/verify/")
    page.get_by_label("Code or address").fill(credential.code)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("heading", name="This credential is valid.")).to_be_visible()
    page.get_by_role("link", name="Check another").click()
    page.get_by_label("Pasted text").fill("{}")
    page.get_by_role("button", name="Check this").click()
    faults += seen(page, "verify-no-credential")
    serial = new_transcript(credential.learner).serial
    faults += seen(visit().open(f"/verify/{serial}"), "verify-transcript")

    assert faults == []


def test_what_a_signed_document_points_at_has_no_fault_in_any_light(visit: Visit, credential: Credential) -> None:
    achievement = credential.award.achievement

    faults = look_at(visit, f"/credentials/{credential.public_id}", name="published-credential")
    faults += look_at(visit, f"/achievements/{achievement.public_id}/v/1", name="published-achievement")

    assert faults == []
