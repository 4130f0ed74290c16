"""Fields that find one row by what somebody typed, among the rows that this person's right covers and no others.

Whether there is a row out of reach must not be told: for it the field answers as for one that does not exist.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from core.desk.rights import Predicate, choices_within


class FindingField(forms.CharField):
    """Text that names a row; the cleaned value is the row, or None where nothing was typed.

    `rule` is a right over the rows, or a predicate of a user who reaches all of them. `matching` returns the rows with
    a text. The form says who is asking (`let_find`); without a user nothing is found.
    """

    def __init__(
        self,
        *,
        rule: Predicate,
        matching: Callable[[str], QuerySet[Any]],
        **kwargs: Any,  # noqa: ANN401 - Django's
    ) -> None:
        super().__init__(**kwargs)
        self.rule = rule
        self.matching = matching
        self.user: Any = None

    def clean(self, value: Any) -> Model | None:  # noqa: ANN401 - Django's
        """Return the row. Raises ValidationError with the message `none` where the person reaches no such row."""
        text = super().clean(value)
        if not text:
            return None
        row: Model | None = self._reached(text).first()
        if row is None:
            raise ValidationError(self.error_messages["none"], code="none")
        return row

    def _reached(self, text: str) -> QuerySet[Any]:
        rows = self.matching(text)
        if self.user is None or not self.rule(self.user):
            return rows.none()
        return choices_within(self.rule, self.user, rows)


def let_find(fields: dict[str, forms.Field], user: Any) -> None:  # noqa: ANN401 - any user model
    """Say to the fields that find rows for whom they do."""
    for field in fields.values():
        if isinstance(field, FindingField):
            field.user = user
