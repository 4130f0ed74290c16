"""Many awards issued and signed by many threads at once: none fails, none is doubled (16 by 200 in the long run)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from credentials.issuing.actions import status_lists
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.signing import sign_prepared
from credentials.models import Credential, DocumentState, StatusEntry, StatusList
from programs.models import Award
from tests.assessments.places import MONDAY
from tests.conftest import LONG
from tests.credentials.awarding import achievement_of, granted
from tests.recipes import institution, learner

pytestmark = pytest.mark.django_db(transaction=True)


def issue(award: Award) -> None:
    try:
        prepared = issue_award(Award.objects.select_related("learner").get(pk=award.pk))
        if prepared is not None:
            sign_prepared(prepared)
    finally:
        connections.close_all()


def test_many_at_once_make_no_duplicates() -> None:
    threads, count = (16, 200) if LONG else (4, 6)
    school = institution.make()
    issuer = save_issuer(None, organization=school, slug="lakeside", name="Lakeside", by=None, at=MONDAY)
    make_first_key(issuer, by=None, at=MONDAY)
    bread = achievement_of(school)
    awards = [granted(learner.make(), bread) for _award in range(count)]

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(issue, [award for award in awards for _twice in range(2)]))

    entries = StatusEntry.objects.values_list("status_list", "index")
    assert list(Credential.objects.order_by("award").values_list("award", "state")) == [
        (award.pk, DocumentState.SIGNED) for award in awards
    ]
    assert len(set(entries)) == len(entries) == count


def test_writers_who_find_a_list_full_make_one_new_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_lists, "LIST_LENGTH", 16)
    monkeypatch.setattr(status_lists, "FULL", 8)
    issuer = save_issuer(None, organization=institution.make(), slug="lakeside", name="Lakeside", by=None, at=MONDAY)
    make_first_key(issuer, by=None, at=MONDAY)
    ready = Barrier(4)

    def first_bit() -> int:
        try:
            ready.wait(timeout=30)
            with transaction.atomic():
                return status_lists.free_bit(issuer, at=MONDAY)[0].pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        lists = {found.result() for found in [pool.submit(first_bit) for _writer in range(4)]}

    assert len(lists) == StatusList.objects.count() == 1
