"""A bit for each credential: random, free, in the newest list; a list that is half full is followed by another."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials.errors import StatusListFullError
from credentials.issuing.actions import status_lists
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.signing import sign_prepared
from credentials.models import Issuer, StatusEntry, StatusList
from programs.models import AchievementVersion, Award
from tests.credentials.awarding import granted, paper_of
from tests.recipes import learner

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def test_a_list_with_room_is_not_counted(award: Award, issuer: Issuer) -> None:
    first = paper_of(award).status_list

    with CaptureQueriesContext(connection) as asked:
        found, _index = status_lists.free_bit(issuer, at=NOW)

    assert found == first
    assert len(asked) == 2  # the list, and which of the drawn bits are taken
    assert not any("COUNT" in query["sql"] for query in asked.captured_queries)


def test_a_list_that_is_half_full_is_followed_by_a_new_one(
    issuer: Issuer, bread: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With four bits the fifty draws meet each of them, so that the sample is the list."""
    monkeypatch.setattr(status_lists, "LIST_LENGTH", 4)
    monkeypatch.setattr(status_lists, "FULL", 2)
    for _award in range(5):
        paper_of(granted(learner.make(), bread))

    lists = list(StatusList.objects.order_by("pk"))
    assert [row.entries.count() for row in lists] == [2, 2, 1]
    assert all(row.content for row in lists)
    assert len(set(StatusEntry.objects.values_list("status_list", "index"))) == 5


def test_a_sample_alone_closes_no_list(
    issuer: Issuer, bread: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Draws that were unlucky are followed by the count, and the count decides."""
    first = paper_of(granted(learner.make(), bread)).status_list
    taken = StatusEntry.objects.get(status_list=first).index
    monkeypatch.setattr("secrets.randbelow", lambda _below: taken)

    with pytest.raises(StatusListFullError):
        status_lists.free_bit(issuer, at=NOW)
    assert StatusList.objects.count() == 1


def test_issuing_and_signing_ask_a_constant_number_of_statements(issuer: Issuer, bread: AchievementVersion) -> None:
    paper_of(granted(learner.make(), bread))
    award = granted(learner.make(), bread)

    with CaptureQueriesContext(connection) as asked:
        prepared = issue_award(award)
        assert prepared is not None
        sign_prepared(prepared)

    statements = [query["sql"].split()[0] for query in asked.captured_queries]
    assert [word for word in statements if word in {"SELECT", "INSERT", "UPDATE", "WITH"}] == [
        "SELECT", "SELECT", "SELECT", "SELECT", "SELECT", "SELECT", "SELECT", "SELECT", "SELECT", "WITH", "INSERT",
        "SELECT", "SELECT", "SELECT", "SELECT", "UPDATE", "INSERT",
    ]  # fmt: skip
