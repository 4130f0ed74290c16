"""The one way from a violated constraint to a sentence for people, for forms, pages and the API.

Each app lists its constraints, and the named errors of its triggers, as `CONSTRAINTS` in its `constraint_labels.py`.
tests/contracts/test_constraint_labels.py asks for a sentence for each.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import BaseConstraint, CheckConstraint, Model
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


def validate_constraints(row: Model, exclude: Collection[str] | None = None) -> None:
    """Raise ValidationError with the sentence of each constraint that `row` would break.

    As Model.validate_constraints: a rule is skipped where a field in `exclude` takes part in it. Those about other
    rows are asked only of a row that is right in itself: PostgreSQL makes no range of an end before its start.
    """
    skipped = set(exclude or ())
    rules = [(model, rule) for model, constraints in row.get_constraints() for rule in constraints]
    of_itself = [pair for pair in rules if isinstance(pair[1], CheckConstraint)]
    found = [*_violations(row, of_itself, skipped)]
    if not found:
        found = [*_violations(row, [pair for pair in rules if pair not in of_itself], skipped)]
    if found:
        raise ValidationError(found)


def _violations(
    row: Model, rules: Iterable[tuple[type[Model], BaseConstraint]], exclude: set[str]
) -> Iterator[ValidationError]:
    labels = constraint_labels()
    for model, rule in rules:
        try:
            rule.validate(model, row, exclude=exclude)
        except ValidationError as error:
            sentence = labels.get(rule.name)
            yield error if sentence is None else ValidationError(str(sentence), code=rule.name)
