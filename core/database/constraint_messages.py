"""The one way from a violated constraint to a sentence for people, for forms, pages and the API.

Each app lists its constraints, and the named errors of its triggers, as `CONSTRAINTS` in its `constraint_labels.py`.
tests/contracts/test_constraint_labels.py asks for a sentence for each.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule


@cache
def constraint_labels() -> Mapping[str, str | Promise]:
    """Return the sentence of each named constraint of the installed apps; apps do not change while a process runs."""
    found: dict[str, str | Promise] = {}
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "constraint_labels"):
            found |= import_module(f"{config.name}.constraint_labels").CONSTRAINTS
    return found


def violated_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint that a write broke; empty where the database named none."""
    # psycopg names it; the text of the message depends on the language of the server.
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def sentence_of(error: IntegrityError) -> str | None:
    """Return the sentence for a violation, None for one that no app has words for: that is a fault of ours."""
    sentence = constraint_labels().get(violated_constraint(error))
    return None if sentence is None else str(sentence)


def violations_of(row: Model, *, exclude: set[str]) -> Iterator[ValidationError]:
    """Yield an error with its sentence for each constraint that `row` would break; as Model.validate_constraints.

    A constraint is skipped where a field in `exclude` takes part in it.
    """
    labels = constraint_labels()
    for model, constraints in row.get_constraints():
        for constraint in constraints:
            try:
                constraint.validate(model, row, exclude=exclude)
            except ValidationError as error:
                sentence = labels.get(constraint.name)
                yield error if sentence is None else ValidationError(str(sentence), code=constraint.name)
