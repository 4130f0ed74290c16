"""Fields that find one row by what somebody typed, among the rows that this person's right covers and no others.

Whether there is a row out of reach must not be told: for it the field answers as for one that does not exist.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from core.desk.rights import Predicate, choices_within, covers


class FindingField(forms.CharField):
    """Text that names a row; the cleaned value is the row, or None where nothing was typed.

    `matching` returns the rows with a text, `seen` is the right to read them and `rule` the right to do what the form
    is for; each is a right over the rows, or a predicate of a user who reaches all of them. The form says who is asking
    (`let_find`); without a user nothing is found.
    """

    default_error_messages = {  # noqa: RUF012 - Django reads it from the class
        "not_covered": _("Your role does not cover this. Ask an office that is responsible for it.")
    }

    def __init__(
        self,
        *,
        rule: Predicate,
        seen: Predicate,
        matching: Callable[[str], QuerySet[Any]],
        **kwargs: Any,  # noqa: ANN401 - Django's
    ) -> None:
        super().__init__(**kwargs)
        self.rule, self.seen = rule, seen
        self.matching = matching
        self.user: Any = None

    def clean(self, value: Any) -> Model | None:  # noqa: ANN401 - Django's
        """Return the row. Raises ValidationError.

        The message is `none` where the person reads no such row, and `not_covered` for one that they read and may not
        do this with.
        """
        text = super().clean(value)
        if not text:
            return None
        row: Model | None = self._seen(text).first()
        if row is None:
            raise ValidationError(self.error_messages["none"], code="none")
        if not covers(self.rule, self.user, row):
            raise ValidationError(self.error_messages["not_covered"], code="not_covered")
        return row

    def _seen(self, text: str) -> QuerySet[Any]:
        rows = self.matching(text)
        if self.user is None or not self.seen(self.user):
            return rows.none()
        return choices_within(self.seen, self.user, rows)


def let_find(fields: dict[str, forms.Field], user: Any) -> None:  # noqa: ANN401 - any user model
    """Say to the fields that find rows for whom they do."""
    for field in fields.values():
        if isinstance(field, FindingField):
            field.user = user
