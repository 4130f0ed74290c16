"""The kind of every date field of every model: each app lists its own as `DATE_KINDS` in its `date_kinds.py`.

tests/contracts/test_dates.py asks for a kind for each date field, so that a new one cannot go unchecked.
"""

from collections.abc import Mapping
from importlib import import_module

from django.apps import apps
from django.db.models import Model
from django.utils.module_loading import module_has_submodule

from core.text.dates import DateKind


def recorded(model: str, *fields: str) -> dict[str, DateKind]:
    """Return the kinds of fields that the clock writes, for `DATE_KINDS`."""
    return {f"{model}.{field}": DateKind.RECORDED for field in fields}


def date_kinds() -> Mapping[str, DateKind]:
    """Return the kind of each date field of the installed apps, by `app_label.Model.field`."""
    found: dict[str, DateKind] = {}
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "date_kinds"):
            kinds = import_module(f"{config.name}.date_kinds").DATE_KINDS
            found |= {f"{config.label}.{field}": kind for field, kind in kinds.items()}
    return found


def kind_of(model: type[Model], field: str) -> DateKind:
    """Return the kind of one date field. Raises KeyError for a field without one."""
    return date_kinds()[f"{model._meta.label}.{field}"]
