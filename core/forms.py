"""What every form of ours checks besides its own rules, so that no value ends in an error of the database.

Dates are plausible (core/text/dates.py), text holds no control characters and has a longest length, numbers fit into
the columns they are for. Values are refused with a sentence; tabs and invisible characters are folded.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import formats
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from core import clock
from core.date_register import kind_of
from core.text.dates import FIRST_DAY, DateFault, DateKind, date_fault, last_plausible_day
from core.text.letters import forbidden_character, typed_line, typed_lines

LONGEST_LINE: Final = 2_000
LONGEST_TEXT: Final = 100_000
LARGEST_INTEGER: Final = 2**31 - 1
LARGEST_DECIMAL: Final = Decimal(10) ** 12

DATE_FAULTS: Final[Mapping[DateFault, str | Promise]] = {
    DateFault.SHORT_YEAR: _("Write the year with four digits: it was read as the year %(year)s."),
    DateFault.TOO_EARLY: _("This date is too early: the earliest is %(first)s."),
    DateFault.IN_THE_FUTURE: _("This date lies in the future: today is %(last)s (%(zone)s)."),
    DateFault.TOO_LATE: _("This date is too late: the latest is %(last)s."),
}
NO_DATE = _("This is no date. Write it with a year of four digits, such as 2026-09-01.")
TOO_LONG = _("This text is too long: at most %(longest)d characters.")
CONTROL_CHARACTER = _(
    "There is a character in it that cannot be seen (%(character)s). Remove it, or type the text again."
)


def date_fault_in_words(fault: DateFault, day: date, kind: DateKind, *, today: date, zone: ZoneInfo) -> str:
    """Return the sentence for a date that is not plausible; `today` is the civil date in `zone`."""
    last = last_plausible_day(kind, today=today)
    values = {"year": day.year, "first": FIRST_DAY.isoformat(), "last": last.isoformat(), "zone": zone.key}
    return str(DATE_FAULTS[fault]) % values


class DayField(forms.DateField):
    """A civil date of a kind that no field of the form's model says."""

    def __init__(self, kind: DateKind = DateKind.GENERAL, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(**kwargs)
        self.date_kind = kind


class CarefulForm(forms.BaseForm):
    """A mixin for every form: put it before Django's class."""

    is_careful = False

    def full_clean(self) -> None:
        """Fold the text that was sent, make each field careful, and clean as Django does."""
        if self.is_bound:
            self._fold_text()
            self._check_more()
        super().full_clean()

    def _fold_text(self) -> None:
        """Replace what was sent in text fields by what is kept of it. Passwords stay as they are."""
        sent: Any = self.data
        folded: Any = None
        for name, field in self.fields.items():
            key = self.add_prefix(name)
            entered = sent.get(key)
            if not _is_text(field) or not isinstance(entered, str):
                continue
            kept = typed_lines(entered) if _has_lines(field) else typed_line(entered)
            if kept != entered:
                folded = sent.copy() if folded is None else folded
                folded[key] = kept
        if folded is not None:
            self.data = folded

    def _check_more(self) -> None:
        if not self.is_careful:  # a form can be cleaned twice
            for name, field in self.fields.items():
                self._make_careful(name, field)
        self.is_careful = True

    def _make_careful(self, name: str, field: forms.Field) -> None:
        if isinstance(field, forms.DateField | forms.DateTimeField):
            _without_short_years(field)
            _add(field, partial(check_date, kind=self._kind_of(name, field)))
        elif isinstance(field, forms.CharField):
            longest = LONGEST_TEXT if _has_lines(field) else LONGEST_LINE
            _add(field, partial(check_text, longest=field.max_length or longest))
        elif isinstance(field, forms.DecimalField | forms.FloatField):
            _keep_within(field, -LARGEST_DECIMAL, LARGEST_DECIMAL)
        elif isinstance(field, forms.IntegerField):
            _keep_within(field, -LARGEST_INTEGER, LARGEST_INTEGER)

    def _kind_of(self, name: str, field: forms.Field) -> DateKind:
        """The kind that the field says, else that of the model's field of this name, else a date in general."""
        if isinstance(field, DayField):
            return field.date_kind
        model = getattr(getattr(self, "_meta", None), "model", None)
        columns = {column.name for column in model._meta.local_fields} if model else set()
        return kind_of(model, name) if model and name in columns else DateKind.GENERAL


def zone_of_dates() -> ZoneInfo:
    """Return the zone in which today is meant, by the function that the setting CAIRN_DATES_ZONE names."""
    zone: ZoneInfo = import_string(settings.CAIRN_DATES_ZONE)()
    return zone


def check_date(value: date | datetime, *, kind: DateKind) -> None:
    """Raise ValidationError, with a sentence, for a date that is not plausible today."""
    zone = zone_of_dates()
    today = clock.today_in(zone)
    day = clock.civil_date(value, zone) if isinstance(value, datetime) and value.tzinfo else _civil(value)
    fault = date_fault(day, kind, today=today)
    if fault is not None:
        raise ValidationError(date_fault_in_words(fault, day, kind, today=today, zone=zone), code=fault.value)


def _civil(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def check_text(value: object, *, longest: int) -> None:
    """Raise ValidationError for text that is too long, or has a character that cannot be stored or seen."""
    if not isinstance(value, str):  # fields of lists and of UUIDs are fields of text for Django
        return
    if len(value) > longest:
        raise ValidationError(TOO_LONG, code="max_length", params={"longest": longest})
    character = forbidden_character(value)
    if character is not None:
        raise ValidationError(CONTROL_CHARACTER, code="control_character", params={"character": character})


def _is_text(field: forms.Field) -> bool:
    return isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput)


def _has_lines(field: forms.Field) -> bool:
    return isinstance(field.widget, forms.Textarea)


def _without_short_years(field: forms.Field) -> None:
    """Two digits of a year are asked back, not guessed: no format with them is read."""
    names = ["DATETIME_INPUT_FORMATS"] if isinstance(field, forms.DateTimeField) else []
    known = [form for name in (*names, "DATE_INPUT_FORMATS") for form in formats.get_format(name)]
    field.input_formats = [form for form in known if "%y" not in form]  # type: ignore[attr-defined]  # a date field
    field.error_messages["invalid"] = NO_DATE


def _keep_within(field: forms.Field, smallest: Decimal | int, largest: Decimal | int) -> None:
    # A form of a model has its column's bounds already; these stand beside them.
    if getattr(field, "min_value", None) is None:
        _add(field, MinValueValidator(smallest))
    if getattr(field, "max_value", None) is None:
        _add(field, MaxValueValidator(largest))


def _add(field: forms.Field, validator: Callable[[Any], None]) -> None:
    field.validators = [*field.validators, validator]
