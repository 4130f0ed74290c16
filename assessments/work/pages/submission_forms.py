"""The form of a submission: one form for text, link and file, so that no button loses what another field contains."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CarefulForm, DayField
from core.text.dates import DateKind

LONGEST_TEXT = 100_000


class WorkForm(CarefulForm, forms.Form):
    """Text, a link, a file, and the day on which the work was done; all optional until the learner submits it."""

    text = forms.CharField(
        label=_("Your text"),
        help_text=_("It is saved while you write."),
        required=False,
        # Spaces at the beginning can matter, in code or in verse.
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
    )
    link = forms.CharField(
        label=_("Address of a link"),
        help_text=_("It begins with https:// and opens without a password."),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "dir": "ltr", "autocomplete": "off"}),
    )
    link_name = forms.CharField(label=_("What it is"), required=False, max_length=200)
    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True, max_length=None)
    performed_on = DayField(
        DateKind.WORK,
        label=_("Day on which you did the work"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
