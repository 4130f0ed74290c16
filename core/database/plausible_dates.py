"""The part of the policy of dates that a database can hold: a constraint for each table with dates that people type."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint
from django.db.migrations.state import ProjectState
from django.db.models import CheckConstraint, Q

from core.text.dates import FIRST_DAY, LAST_DAY


def plausible_dates(
    model: str, *fields: str, instants: tuple[str, ...] = (), unless: Q | None = None
) -> CheckConstraint:
    """Return the constraint that `fields` (civil dates) and `instants` of a model lie from 1900 to 2199, or are empty.

    `unless` names the rows that are no longer in force: one with an old, implausible date can still be ended.
    """
    condition = Q()
    for field in fields:
        condition &= _within(field, FIRST_DAY, LAST_DAY)
    for field in instants:
        condition &= _within(field, _begins(FIRST_DAY), _begins(LAST_DAY))
    if unless is not None:
        condition = unless | condition
    return CheckConstraint(condition=condition, name=f"{model}_dates_are_plausible")


def _within(field: str, first: date, last: date) -> Q:
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": first, f"{field}__lte": last})


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


class AddDatesConstraint(AddConstraint):
    """Adds such a constraint to a table that may hold rows from before.

    Rows of the ledgers cannot be corrected, so an old row outside the range must not stop an upgrade: the constraint is
    added NOT VALID. PostgreSQL then refuses every new row and every change that leaves the date as it is. Where all old
    rows fit, the constraint is validated in the same transaction.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        _from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Add the constraint, and validate it where no row breaks it."""
        apps: Apps = to_state.apps
        model: Any = apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        quote = schema_editor.quote_name
        table, name = quote(model._meta.db_table), quote(self.constraint.name)
        # The schema editor's own statement: its condition is quoted already and takes no parameters.
        condition = self.constraint._get_check_sql(model, schema_editor)  # type: ignore[attr-defined]  # noqa: SLF001 - Django has no public one
        schema_editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID", params=None)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE NOT ({condition})")  # noqa: S608 - as above
            implausible = cursor.fetchone()[0]
        if implausible:
            print(  # noqa: T201 - whoever runs the migration reads it
                f"\n  {implausible} rows of {model._meta.db_table} have dates outside 1900 to 2199: they stay as they"
                f" are, new ones are refused ({self.constraint.name}). See docs/operations.md."
            )
        else:
            schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}", params=None)
