"""Form fields that several desk pages of programs share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from core.desk.widgets import DateInput
from core.forms import DayField
from core.text.dates import DateKind


class LearnerNumberField(forms.CharField):
    """A learner number; its cleaned value is the learner's record."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(**{"label": _("Learner number"), "max_length": 40, **kwargs})

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's
        """Return the learner with this number. Raises ValidationError."""
        number = super().clean(value)
        learner = Learner.objects.filter(learner_number=number).first()
        if learner is None:
            raise forms.ValidationError(_("No learner has this number: look it up in the list of learners."))
        return learner


def day_field(
    label: Any,  # noqa: ANN401 - lazy text
    *,
    required: bool = True,
    help_text: Any = "",  # noqa: ANN401 - as above
    kind: DateKind = DateKind.GENERAL,
) -> DayField:
    """Return a field for a civil date, with the browser's calendar; `kind` decides which dates are plausible."""
    return DayField(kind, label=label, required=required, help_text=help_text, widget=DateInput)
