"""The messages of the desk for errors that actions of competencies raise."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from competencies import errors
from competencies.models import ImportState

REFUSALS: Mapping[type[Exception], Any] = {
    errors.ImportStateError: lambda refusal: (
        _("This import has moved on: it is %(state)s.") % {"state": ImportState(refusal.state).label}
    ),
    errors.LevelsRefusedError: _("A scale needs at least two levels, each with a title of its own."),
    errors.NotAReplacementError: _("Only a replacement says whether mastery carries over."),
    errors.NothingToReviseError: _("That is what it says already."),
    errors.RetiredError: _("What is retired takes no changes."),
    errors.ScaleInUseError: _("Something was assessed or required on this scale: make a new one instead."),
}
