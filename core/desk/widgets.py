"""Form fields of the desk as browsers draw them: their own calendars and lists, no script, no pop-up windows."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import Field
from django.http import HttpRequest

from core.desk.choices import choice_field_of
from core.desk.typed_admin import PlainAdmin


class DateInput(forms.DateInput):
    """A civil date; the browser shows it the way its reader writes dates."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A date and a time of day, in the zone that the server's page is made in."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class PlainWidgets(PlainAdmin):
    """Uses the browser's widgets in the place of the admin's, which need scripts."""

    formfield_overrides = {  # noqa: RUF012 - declared by Django without ClassVar
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": MomentInput},
        models.DateField: {"widget": DateInput},
        models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"})},
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 4})},
        models.URLField: {"widget": forms.URLInput},
        models.EmailField: {"widget": forms.EmailInput},
        models.CharField: {"widget": forms.TextInput},
        models.IntegerField: {"widget": forms.NumberInput},
        models.BigIntegerField: {"widget": forms.NumberInput},
        models.UUIDField: {"widget": forms.TextInput},
        models.FileField: {"widget": forms.ClearableFileInput},
    }

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ANN401
        """The field that the app of the other model offers it by, where there is one and the page names no rows."""
        field = choice_field_of(db_field.remote_field.model)
        if field is not None and "queryset" not in kwargs:
            # None: the field knows which rows it offers.
            kwargs |= {"form_class": field, "queryset": None}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ANN401
        """The field without the admin's links to add or change what it points at in a pop-up."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field
