"""How a foreign key is offered in forms of the desk; the app of a model says so once for all pages."""

from django import forms
from django.db.models import Model

_FIELDS: dict[type[Model], type[forms.ModelChoiceField]] = {}  # type: ignore[type-arg]  # of any model


def add_choice_field(model: type[Model], field: type[forms.ModelChoiceField]) -> None:  # type: ignore[type-arg]  # as above
    """Let every foreign key to `model` be asked by `field`, which has a queryset of its own."""
    _FIELDS[model] = field


def choice_field_of(model: type[Model]) -> type[forms.ModelChoiceField] | None:  # type: ignore[type-arg]  # as above
    """Return the field that asks for rows of `model`; None where Django's own will do."""
    return _FIELDS.get(model)
