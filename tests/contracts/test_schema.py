"""The schema that tests run on is the one that production gets: tables, constraints, triggers, privileges."""

from collections.abc import Iterator

import pytest
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from tests.guards import all_tables, guards_asleep
from tests.templates import another_database, template

CATALOG = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal
    """,
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "privileges": """
        SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND grantee <> current_user
    """,
}


def snapshot(alias: str) -> dict[str, list[tuple[str, ...]]]:
    found = {}
    with connections[alias].cursor() as cursor:
        for part, query in CATALOG.items():
            cursor.execute(query)
            found[part] = sorted(tuple(str(value) for value in row) for row in cursor.fetchall())
    return found


@pytest.fixture
def pristine(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The alias of a second database, made the way an operator makes one: empty, then `migrate`; nothing ever since."""
    name = f"{connection.settings_dict['NAME']}_pristine"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template()}"')
        try:
            with another_database("pristine", name) as alias:
                yield alias
        finally:
            cursor.execute(f'DROP DATABASE "{name}"')


def test_after_cleaning_the_schema_equals_a_fresh_installation(pristine: str) -> None:
    with guards_asleep(all_tables()):
        pass

    assert snapshot("default") == snapshot(pristine)


def test_the_comparison_sees_a_guard_that_is_only_half_awake(transactional_db: None) -> None:
    before = snapshot("default")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE probe (id int)")
        cursor.execute(
            "CREATE TRIGGER append_only BEFORE DELETE ON probe"
            " FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change()"
        )
        awake = snapshot("default")
        cursor.execute("ALTER TABLE probe ENABLE ALWAYS TRIGGER append_only")
        always = snapshot("default")
        cursor.execute("DROP TABLE probe")

    assert awake["triggers"] != always["triggers"] != before["triggers"]


@pytest.mark.django_db
def test_autovacuum_stays_away_from_the_tables_under_test() -> None:
    """It would find them empty between two tests, and the planner would believe that ever after."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s)"
            " AND NOT coalesce(reloptions @> ARRAY['autovacuum_enabled=false'], false)",
            [all_tables()],
        )
        assert cursor.fetchall() == []
