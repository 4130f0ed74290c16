"""Enrolling a list at the desk: pasted or uploaded, previewed row by row, then confirmed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from core.desk import VerbForm
from programs.enrollment.actions.enrolling_many import Preview
from programs.enrollment.formats import RowFault, read_rows
from programs.enrollment.labels import ROW_FAULTS
from programs.enrollment.queries import cohorts_of, names_by_number
from programs.forms import day_field
from programs.models import Cohort
from programs.permissions import places_to_enroll_at

MAX_FILE_BYTES = 1_000_000
MAX_SHOWN_ROWS = 300
FRESH, ALREADY, FAULT = "fresh", "already", "fault"


class PlaceOfStudyField(forms.ModelChoiceField):  # type: ignore[type-arg]  # its model stands in its name
    """The branch, or the institution itself, at which learners study."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(Organization.objects.none(), **{"label": _("Place of study"), **kwargs})


class EntryForm(VerbForm):
    """The place of study, the first day and the cohort."""

    organization = PlaceOfStudyField(required=False)
    on = day_field(_("From"))
    cohort = forms.ModelChoiceField(queryset=Cohort.objects.none(), required=False, label=_("Cohort"))

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, row=row, **kwargs)
        self.fields["cohort"].queryset = cohorts_of(row)  # type: ignore[attr-defined]  # it is a ModelChoiceField
        places = list(places_to_enroll_at(self.user, row.program))
        awarding = row.program.organization
        # The place where nothing is chosen: the program's own, or the only one within reach.
        self.usual_place = awarding if awarding in places else places[0] if len(places) == 1 else None
        place: Any = self.fields["organization"]
        place.queryset = places_to_enroll_at(self.user, row.program)
        place.initial = self.usual_place
        place.empty_label = "---------" if self.usual_place is None else None
        if len(places) == 1:
            del self.fields["organization"]

    def clean(self) -> dict[str, Any]:
        """Fill in the place of study where there is nothing to choose."""
        entered = super().clean() or {}
        entered["organization"] = entered.get("organization") or self.usual_place
        if entered["organization"] is None and "organization" not in self.errors:
            raise forms.ValidationError(_("Choose the place of study."))
        return entered


class ListForm(EntryForm):
    """A pasted list or a file; the preview page sends `sure`."""

    text = forms.CharField(
        label=_("Learner numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One on each line; a day may follow after a comma: L-17, 2026-09-01."),
    )
    file = forms.FileField(label=_("Or a CSV file"), required=False, help_text=_("Columns: learner_number, starts_on."))
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)
    field_order = ("text", "file", "organization", "on", "cohort")

    def clean_file(self) -> str:
        """Return the file as text. A file that is too large is refused before it is read."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(_("The file is too large for a list of people."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is no text in UTF-8: save it as CSV UTF-8.")) from error

    def clean(self) -> dict[str, Any]:
        """Take the list from the file or the text; refuse both at once."""
        entered = super().clean()
        if entered.get("file") and entered.get("text"):
            self.add_error("file", _("Both a list and a file are given: leave out one of them."))
        entered["rows"] = entered.get("file") or entered.get("text") or ""
        return entered


@dataclass(frozen=True)
class PreviewRow:
    """One line of the preview: `state` is fresh, already or fault; a fault has column and code."""

    line: int
    number: str
    name: str
    starts_on: date | None
    state: str
    words: str
    column: str = ""
    code: str = ""


def preview_rows(text: str, preview: Preview, *, on: date) -> list[PreviewRow]:
    """Return every line with the name of its learner and its effect; lines with faults first."""
    fresh, already = [(row, FRESH) for row in preview.fresh], [(row, ALREADY) for row in preview.already]
    entered = {
        FRESH: _now("in order") if preview.faults else _now("will be enrolled"),
        ALREADY: _now("is in already: nothing changes"),
    }
    names = names_by_number([row.learner_number for row, _state in (*fresh, *already)], on=on)
    numbers = {row.line: row.learner_number for row in read_rows(text, today=on)[0]}
    faults = [
        PreviewRow(
            fault.line,
            numbers.get(fault.line, ""),
            "",
            None,
            FAULT,
            _fault(fault),
            column=fault.column,
            code=fault.code,
        )
        for fault in preview.faults
    ]
    good = [
        PreviewRow(
            row.line, row.learner_number, names.get(row.learner_number, ""), row.starts_on or on, state, entered[state]
        )
        for row, state in (*fresh, *already)
    ]
    return [*faults, *sorted(good, key=lambda row: row.line)]


def _fault(fault: RowFault) -> str:
    value = f"“{fault.value}”: " if fault.value and fault.column else ""
    return f"{value}{ROW_FAULTS[fault.code]}"
