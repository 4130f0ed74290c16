"""The form with which a learner shares a transcript."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, SharingPurpose
from core.forms import CarefulForm, DayField
from core.text.dates import DateKind
from credentials.models import Transcript
from credentials.rules.codes import printed_serial
from credentials.sharing.queries import partners_with_access

MAX_DURATION = timedelta(days=366 * 2)
MAX_USES = 1_000
DEFAULT_DURATION = timedelta(days=90)


class TranscriptChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A transcript by its serial, day and kind."""

    def label_from_instance(self, obj: Transcript) -> str:
        """The transcript's line in the list of choices."""
        day = date_format(obj.issued_at, "DATE_FORMAT")
        return f"{printed_serial(obj.serial)} · {day} · {obj.transcript_kind.label}"


class SharingForm(CarefulForm, forms.Form):
    """The transcript, the recipient, the purpose and the last day; a link can have a limit of uses too."""

    transcript = TranscriptChoice(
        label=_("Transcript"),
        queryset=Transcript.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        to_field_name="public_id",
    )
    organization = forms.ModelChoiceField(
        label=_("With"),
        queryset=Organization.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("whoever I give a link to"),
        help_text=_("Partners read over a connection of their own. A link opens for whoever holds it."),
    )
    purpose = forms.ChoiceField(label=_("For"), choices=SharingPurpose.choices)
    until = DayField(
        DateKind.VALIDITY,
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day on which it can be read."),
    )
    use_limit = forms.IntegerField(
        label=_("How often"),
        required=False,
        min_value=1,
        max_value=MAX_USES,
        help_text=_("For a link: how many times it opens. Empty: as often as they like."),
    )
    and_successors = forms.BooleanField(
        label=_("Share what takes its place too"),
        required=False,
        help_text=_("When a transcript is corrected, they then read the newer one without asking again."),
    )

    def __init__(self, *args: Any, transcripts: Any, on: date, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["transcript"].queryset = transcripts  # type: ignore[attr-defined]  # it is a ModelChoiceField
        self.fields["organization"].queryset = partners_with_access()  # type: ignore[attr-defined]  # as above
        self.fields["until"].initial = on + DEFAULT_DURATION

    def clean_until(self) -> date:
        """The last day of the sharing: today or later, and at most MAX_DURATION from now."""
        until: date = self.cleaned_data["until"]
        if until < self.on:
            raise forms.ValidationError(_("This day is over."))
        if until > self.on + MAX_DURATION:
            raise forms.ValidationError(_("Two years at most: you can share again then."))
        return until

    def clean(self) -> dict[str, Any]:
        """Refuse a limit of uses for a partner."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("organization") and cleaned.get("use_limit"):
            self.add_error("use_limit", _("Only a link can be limited in how often it opens."))
        return cleaned
