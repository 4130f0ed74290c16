"""The forms of the desk pages of awards, and the words of their refusals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import ApprovalMissingError
from core.desk import VerbForm
from core.desk.saving import reason_field
from core.text.dates import DateKind
from programs.forms import day_field
from programs.labels import REFUSALS
from programs.models import Award, AwardState
from programs.models.awards import RESCINDING

AWARD_REFUSALS: dict[Any, Any] = {
    **REFUSALS,
    ApprovalMissingError: _("Ask for approval first: somebody else who is a registrar decides."),
}


def words_field(*, required: bool = True) -> forms.CharField:
    """Return a field for a note on an award; notes have rows of their own, so that they can be erased."""
    return forms.CharField(
        label=_("Why") if required else _("In words"),
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only staff see this; it can be erased."),
    )


class GrantForm(VerbForm):
    """The day of the award, and a note."""

    awarded_on = day_field(
        _("Awarded on"),
        required=False,
        help_text=_("Today where it is awarded, unless you write another day."),
        kind=DateKind.WORK,
    )
    words = words_field(required=False)


class WordsForm(VerbForm):
    """A note that says why."""

    words = words_field()


class RenewForm(VerbForm):
    """An optional note."""

    words = words_field(required=False)


class RescindForm(VerbForm):
    """The reason as a code, and a note."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[(reason.value, reason.label) for reason in RESCINDING])
    words = words_field()


class AskForm(VerbForm):
    """The reason that the second registrar reads."""

    why = reason_field()


def waits(award: Award) -> bool:
    """Return whether the award is a proposal to be granted or declined."""
    return award.state == AwardState.PROPOSED


def stands(award: Award) -> bool:
    """Return whether the award is valid."""
    return award.stands


def can_come_back(award: Award) -> bool:
    """Return whether a person may propose the award again; no rule does."""
    return award.state in {AwardState.DECLINED, AwardState.RESCINDED} and award.enrollment_id is not None


def can_be_renewed(award: Award) -> bool:
    """Return whether the award has an end, or has lapsed."""
    return award.state == AwardState.LAPSED or (award.stands and award.valid_until is not None)
