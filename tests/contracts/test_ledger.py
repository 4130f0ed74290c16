"""Append-only tables refuse every change (invariant 1): by privilege, to their owner, to superusers in replica mode."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models
from psycopg import sql

from core.database.guards import guard_gaps
from core.database.ledger import AppendOnly
from core.database.privileges import append_only_tables, privileges_for
from core.privacy import learner_tables

TABLES = append_only_tables()
CHANGES = {
    "update": "UPDATE {table} SET id = id",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table} CASCADE",
}
REFUSED_BY_TRIGGER = "only grows"
SUPERUSER = "postgres"  # of the embedded server, and by custom of others

each_table = pytest.mark.parametrize("table", TABLES)
each_change = pytest.mark.parametrize("change", CHANGES)


@pytest.fixture
def superuser(db: None) -> Iterator[psycopg.Connection]:
    """A superuser's own connection to the test database, rolled back at the end."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        own = cursor.fetchone()[0] == "on"
    who = {} if own else {"user": SUPERUSER, "password": ""}
    facts = {**connection.get_connection_params(), **who}
    wanted = {key: facts[key] for key in ("host", "port", "dbname", "user", "password") if facts.get(key)}
    try:
        opened = psycopg.connect(**wanted, connect_timeout=5)
    except psycopg.OperationalError:
        pytest.skip("this server lets no superuser in from here")
    with opened:
        yield opened
        opened.rollback()


@pytest.fixture
def app_role(superuser: psycopg.Connection) -> str:
    """The role that serves requests; made for the moment, with the privileges of production, where there is none."""
    role = settings.CAIRN_APP_ROLE
    owner = connection.settings_dict["USER"]
    known = superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if role and role != owner and known:
        return str(role)
    made = f"cairn_app_{uuid.uuid4().hex[:8]}"
    superuser.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(made)))
    for statement in privileges_for(made, append_only_tables()):
        superuser.execute(statement)
    return made


def attempt(knocking: psycopg.Connection, change: str, table: str) -> None:
    knocking.execute(CHANGES[change].format(table=table))


def test_there_are_tables_to_guard() -> None:
    assert "accounts_disclosure" in TABLES


@each_table
@each_change
def test_the_app_role_has_no_privilege_for_it(
    superuser: psycopg.Connection, app_role: str, table: str, change: str
) -> None:
    superuser.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(app_role)))

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        attempt(superuser, change, table)


@each_table
def test_the_app_role_may_add_and_read(superuser: psycopg.Connection, app_role: str, table: str) -> None:
    kept = superuser.execute(
        "SELECT has_table_privilege(%s, %s, 'SELECT'), has_table_privilege(%s, %s, 'INSERT')",
        [app_role, table, app_role, table],
    ).fetchone()

    assert kept is not None
    assert all(kept)


@each_table
@each_change
def test_the_owner_is_refused_by_a_trigger(db: None, table: str, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match=REFUSED_BY_TRIGGER):
            cursor.execute(CHANGES[change].format(table=table))


@each_table
@each_change
def test_a_superuser_in_replica_mode_is_refused_by_a_trigger(
    superuser: psycopg.Connection, table: str, change: str
) -> None:
    superuser.execute("SET LOCAL session_replication_role = replica")

    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match=REFUSED_BY_TRIGGER):
        attempt(superuser, change, table)


@pytest.mark.django_db
def test_every_guard_is_in_place() -> None:
    role = None if connection.settings_dict["USER"] == settings.CAIRN_APP_ROLE else settings.CAIRN_APP_ROLE

    assert [str(hole) for hole in guard_gaps(app_role=role)] == []


@pytest.mark.django_db
@each_table
@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        ("DROP TRIGGER append_only ON {table}", "no trigger refuses changes"),
        ("ALTER TABLE {table} DISABLE TRIGGER append_only", "the trigger is not ENABLE ALWAYS: replica mode passes it"),
        ("ALTER TABLE {table} ENABLE TRIGGER append_only", "the trigger is not ENABLE ALWAYS: replica mode passes it"),
        (
            """
            DROP TRIGGER append_only ON {table};
            CREATE TRIGGER append_only BEFORE UPDATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION cairn_refuse_change()
            """,
            "the trigger does not refuse UPDATE, DELETE and TRUNCATE",
        ),
    ],
)
def test_a_trigger_that_goes_is_noticed(table: str, harm: str, sentence: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(harm.format(table=table))

    assert [str(hole) for hole in guard_gaps(app_role=None)] == [f"{table}: {sentence}"]


@pytest.mark.django_db
@each_table
def test_a_privilege_too_many_is_noticed(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
    # The owner has every privilege: as app role it would have three too many, on each table.
    found = [str(hole) for hole in guard_gaps(app_role=owner) if hole.table == table]

    assert found == [
        f"{table}: {owner} has the privilege {privilege}" for privilege in ("DELETE", "TRUNCATE", "UPDATE")
    ]


def test_the_register_calls_the_same_tables_append_only() -> None:
    about_learners = {row.table._meta.db_table for row in learner_tables() if row.append_only}

    assert about_learners <= set(TABLES)


KEYS = {
    "credentials.AchievementDefinition.described",
    "credentials.DocumentCode.code",
    "credentials.PublishedImage.address",
    "programs.Attribution.requirement_key",
}


def test_append_only_tables_hold_no_personal_text() -> None:
    """Invariant 19: a text column there holds one of a few codes, a digest or a key (each with a CHECK of its own)."""
    free = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if issubclass(model, AppendOnly)
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField | models.FileField)
        and not field.choices
        and not field.name.endswith("digest")
        and f"{model._meta.label}.{field.name}" not in KEYS
    ]

    assert free == []
