"""The server keeps what is asked with every write, unless something stands in the way."""

import pghistory
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from core.database.prepared import prepared_cursor

pytestmark = pytest.mark.django_db

ALIAS = connection.alias


def kept(marked: str) -> int:
    """How many statements with this text the server remembers for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"SELECT '{marked}'%"])
        return int(cursor.fetchone()[0])


def ask(marked: str, number: int, *, writes: bool = False) -> tuple[str, int]:
    with prepared_cursor(ALIAS, writes=writes) as cursor:
        cursor.execute(f"SELECT '{marked}', %s::int", [number])
        ((text, value),) = cursor.fetchall()
    return text, value


def test_a_statement_is_kept_once_however_often_it_is_asked() -> None:
    assert [ask("often", number) for number in (1, 2, 3)] == [("often", 1), ("often", 2), ("often", 3)]
    assert kept("often") == 1


def test_it_outlives_the_transaction_that_failed() -> None:
    ask("failed", 1)
    with pytest.raises(IntegrityError), transaction.atomic(), prepared_cursor(ALIAS) as cursor:
        cursor.execute("INSERT INTO accounts_organization DEFAULT VALUES")

    assert ask("failed", 2) == ("failed", 2)


def test_nothing_is_kept_where_an_installation_says_so(settings: Settings) -> None:
    settings.CAIRN_PREPARED_STATEMENTS = False

    assert ask("unkept", 1) == ("unkept", 1)
    assert kept("unkept") == 0


def test_what_is_logged_holds_its_values() -> None:
    with CaptureQueriesContext(connection) as queries:
        ask("logged", 17)

    assert [query["sql"] for query in queries] == ["SELECT 'logged', 17::int"]


def test_writes_in_a_request_let_history_speak_first() -> None:
    with pghistory.context(why="as in a request"):
        ask("written", 1, writes=True)
        assert kept("written") == 0
        ask("read", 1)
        assert kept("read") == 1
