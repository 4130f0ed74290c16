"""Links between two records of one person, and the lock on both records."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from accounts.actions.identifiers import add_identifier
from accounts.actions.learners import connect_account
from accounts.actions.links import link_records, unlink_records
from accounts.actions.locked_learner import locked_learner
from accounts.actions.locking import lock_learners
from accounts.actions.names import add_name
from accounts.errors import AlreadyEndedError, AlreadyOnePersonError, SameRecordError
from accounts.models import Learner, LearnerIdentifier, LearnerLink, LearnerName, NameKind, User
from accounts.queries.learner_search import learner_ids_matching
from accounts.queries.legal_names import display_name_of, display_names_of, legal_name_of, with_names, with_person
from accounts.queries.people import account_of, canonical_record_of
from tests.accounts.conftest import FRIDAY, MONDAY, TUESDAY


def link(one: Learner, other: Learner, registrar: User) -> LearnerLink:
    return link_records(one, other=other, reason="same birth date and mother", by=registrar, at=TUESDAY)


def same_as_of(*learners: Learner) -> list[int | None]:
    return [Learner.objects.get(pk=learner.pk).same_as_id for learner in learners]


def test_the_rows_of_one_record_are_the_rows_of_the_other(ada: Learner, grace: Learner, registrar: User) -> None:
    add_identifier(ada, scheme="national", value="17", by=registrar, at=MONDAY)
    link(grace, ada, registrar)

    assert [identifier.value for identifier in LearnerIdentifier.objects.of(grace)] == ["17"]


def test_records_that_are_not_linked_share_nothing(ada: Learner, grace: Learner) -> None:
    assert [name.text for name in LearnerName.objects.of(grace)] == ["Grace Hopper"]


def test_rows_follow_a_link_made_after_the_record_was_read(ada: Learner, grace: Learner, registrar: User) -> None:
    stale = Learner.objects.get(pk=grace.pk)
    link(ada, grace, registrar)

    assert LearnerName.objects.of(stale).count() == 2


def test_the_lowest_record_carries_the_person(ada: Learner, grace: Learner, alan: Learner, registrar: User) -> None:
    link(alan, grace, registrar)
    link(alan, ada, registrar)

    assert same_as_of(ada, grace, alan) == [None, ada.pk, ada.pk]
    assert canonical_record_of(alan) == ada


def test_joining_two_groups_leaves_no_chain(registrar: User, ada: Learner, grace: Learner, alan: Learner) -> None:
    link(grace, alan, registrar)
    link(ada, alan, registrar)

    assert same_as_of(ada, grace, alan) == [None, ada.pk, ada.pk]


def test_parting_leaves_the_other_links_as_they_were(
    ada: Learner, grace: Learner, alan: Learner, registrar: User
) -> None:
    link(grace, alan, registrar)
    mistaken = link(ada, alan, registrar)

    unlink_records(mistaken, reason="two people after all", by=registrar, at=FRIDAY)

    assert same_as_of(ada, grace, alan) == [None, None, grace.pk]


def test_no_record_leads_on_while_groups_are_joined_and_parted(
    ada: Learner, grace: Learner, alan: Learner, registrar: User
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    link(grace, alan, registrar)
    unlink_records(link(ada, grace, registrar), reason="two people after all", by=registrar, at=FRIDAY)

    assert same_as_of(ada, grace, alan) == [None, None, grace.pk]


def test_a_record_is_not_linked_with_itself(ada: Learner, registrar: User) -> None:
    with pytest.raises(SameRecordError):
        link(ada, ada, registrar)


def test_links_form_no_ring(ada: Learner, grace: Learner, alan: Learner, registrar: User) -> None:
    link(ada, grace, registrar)
    link(grace, alan, registrar)

    with pytest.raises(AlreadyOnePersonError):
        link(ada, alan, registrar)


def test_a_link_is_taken_back_once(ada: Learner, grace: Learner, registrar: User) -> None:
    made = link(ada, grace, registrar)
    unlink_records(made, reason="two people", by=registrar, at=FRIDAY)

    with pytest.raises(AlreadyEndedError):
        unlink_records(made, reason="two people", by=registrar, at=FRIDAY)


def test_what_was_parted_can_be_linked_again(ada: Learner, grace: Learner, registrar: User) -> None:
    unlink_records(link(ada, grace, registrar), reason="two people", by=registrar, at=FRIDAY)

    assert link(ada, grace, registrar).unlinked_at is None


def test_locking_one_record_locks_its_person(ada: Learner, grace: Learner, alan: Learner, registrar: User) -> None:
    link(ada, grace, registrar)

    assert [row.pk for row in lock_learners([grace.pk])] == [ada.pk, grace.pk]


def test_locking_takes_no_more_than_the_person(ada: Learner, grace: Learner, alan: Learner, registrar: User) -> None:
    link(ada, grace, registrar)

    assert [row.pk for row in lock_learners([alan.pk, 999_999_999])] == [alan.pk]


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_waited_for_a_link_holds_the_whole_person(ada: Learner, grace: Learner, registrar: User) -> None:
    """A second writer waits for `grace` while she is being linked with `ada`, and must come back with both."""
    locked: list[int] = []

    def lock() -> None:
        with transaction.atomic():
            locked.extend(row.pk for row in lock_learners([grace.pk]))

    with transaction.atomic():
        link(ada, grace, registrar)
        writer = started(lock)
        wait_until_blocked()
    writer.join(timeout=10)

    assert locked == [ada.pk, grace.pk]


@pytest.mark.django_db(transaction=True)
def test_the_clock_of_whoever_waited_is_later_than_what_they_waited_for(ada: Learner) -> None:
    seen: list[datetime] = []

    def act() -> None:
        with transaction.atomic():
            seen.append(locked_learner(ada, at=None).at)

    with transaction.atomic():
        locked_learner(ada, at=None)
        writer = started(act)
        wait_until_blocked()
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            released = cursor.fetchone()[0]
    writer.join(timeout=10)

    assert seen
    assert seen[0] > released


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused(ada: Learner) -> None:
    with pytest.raises(TransactionManagementError, match="begin one first"):
        lock_learners([ada.pk])


@pytest.mark.django_db(transaction=True)
def test_two_batches_in_opposite_order_do_not_wait_for_each_other_in_a_ring(
    ada: Learner, grace: Learner, alan: Learner
) -> None:
    ids = [ada.pk, grace.pk, alan.pk]
    done: list[int] = []

    def lock_often(order: list[int]) -> Callable[[], None]:
        def work() -> None:
            for _ in range(30):
                with transaction.atomic():
                    lock_learners(order)
                done.append(1)

        return work

    writers = [started(lock_often(ids)), started(lock_often(ids[::-1]))]
    for writer in writers:
        writer.join(timeout=20)

    assert len(done) == 60


def started(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()
            close_old_connections()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_until_blocked(count: int = 1) -> None:
    """Until this many other sessions of this database wait for a lock."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= count:
                return
            threading.Event().wait(0.01)
    raise AssertionError("nobody waits for a lock")


def test_a_person_is_found_by_the_number_of_either_record(ada: Learner, grace: Learner, registrar: User) -> None:
    link(ada, grace, registrar)

    found = [Learner.objects.filter(pk__in=learner_ids_matching(each.learner_number)) for each in (ada, grace)]

    assert [list(rows.order_by("pk")) for rows in found] == [[ada, grace], [ada, grace]]


def test_the_legal_name_that_was_taken_last_counts_whichever_record_has_it(
    ada: Learner, grace: Learner, alan: Learner, registrar: User
) -> None:
    link(ada, grace, registrar)
    add_name(
        grace, kind=NameKind.LEGAL, text="Ada King", starts_on=TUESDAY.date(), by=registrar, reason="she has married"
    )
    days = (MONDAY.date(), TUESDAY.date())

    names = [[legal_name_of(record, on=day) for record in (ada, grace)] for day in days]

    assert [{name.text for name in same if name} for same in names] == [{"Ada Lovelace"}, {"Ada King"}]
    assert [display_name_of(ada, on=day) for day in days] == ["Ada Lovelace", "Ada King"]
    assert display_names_of(Learner.objects.of(ada), on=days[1]) == {ada.pk: "Ada King", grace.pk: "Ada King"}
    named: QuerySet[Any] = with_names(Learner.objects.order_by("pk"), on=days[1])
    assert list(named.values_list("legal_name", flat=True)) == ["Ada King", "Ada King", "Alan Turing"]
    rows = with_person(LearnerIdentifier.objects.filter(pk=_identifier_of(ada, registrar).pk), on=days[1])
    assert list(rows.values_list("legal_name", flat=True)) == ["Ada King"]


def _identifier_of(learner: Learner, registrar: User) -> LearnerIdentifier:
    return add_identifier(learner, scheme="national", value="17", by=registrar, at=MONDAY)


def test_the_account_of_a_person_is_that_of_any_record(
    ada: Learner, grace: Learner, person: User, registrar: User
) -> None:
    connect_account(grace, user=person, by=registrar, reason="asked")
    assert account_of(Learner.objects.get(pk=ada.pk)) is None

    link(ada, grace, registrar)

    assert [account_of(Learner.objects.get(pk=record.pk)) for record in (ada, grace)] == [person, person]
