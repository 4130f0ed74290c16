"""The desk page of recognitions (credit transfer): recorded, shown and withdrawn."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from competencies.models import ProficiencyLevel
from competencies.queries.choices import levels_offered
from core import clock
from programs.decisions.actions import record_recognition
from programs.decisions.admin.base import AboutLearnerForm, DecisionAdmin, words_of
from programs.decisions.labels import uncounted_in_words
from programs.decisions.queries import equal_levels_of, uncounted_recognition
from programs.models import Recognition, RecognitionBasis
from programs.permissions import keeps_enrollments


class LevelsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Levels of several scales, each with the title of its scale."""

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401 - Django's
        """The scale and the level."""
        return f"{obj.scale}: {obj.title}"


class RecognitionForm(AboutLearnerForm):
    """With equal levels on other scales, and a note on the study: where it was, and its name there."""

    equal_to = LevelsField(
        queryset=ProficiencyLevel.objects.none(),
        label=_("Equal to, on other scales"),
        required=False,
        help_text=_("A level on another scale counts only where you state to which level here it is equal."),
    )
    words = forms.CharField(
        label=_("What was studied, and where"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Only staff and the learner see this; it can be erased. Where no level is chosen and it is accepted without"
            " one, say why."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, **kwargs)
        if "equal_to" in self.fields:
            self.fields["equal_to"].queryset = levels_offered()  # type: ignore[attr-defined]  # it offers rows


@admin.register(Recognition)
class RecognitionAdmin(DecisionAdmin):
    """Recognitions (credit transfer)."""

    may_add = staticmethod(keeps_enrollments)
    question = _("Whose study elsewhere counts here, and for what?")
    form = RecognitionForm
    offers_all = frozenset({"organization"})
    list_display = ("named", "learner", "basis", "competency", "credits", "achieved_on", "valid_until", "withdrawn_at")

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """A new record asks for the learner's number and a note."""
        study, worth = ["basis", "organization", "competency", "level"], ["without_level", "credits", "source_credits"]
        days = ["achieved_on", "valid_until"]
        if obj is None:
            return ["learner_number", *study, "equal_to", *worth, *days, "words"]
        recorded = ["uncounted", "notes", "recorded_at", "recorded_by", "withdrawn_at"]
        return ["learner", *study, "equal_levels", *worth, *days, *recorded]

    def get_readonly_fields(self, _request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The note, the equal levels, and where it does not count, are shown once it is recorded."""
        return () if obj is None else ("notes", "equal_levels", "uncounted")

    @admin.display(description=_("What was studied, and where"))
    def notes(self, row: Recognition) -> str:
        """The note, or that it was erased."""
        return words_of(row)

    @admin.display(description=_("Equal to, on other scales"))
    def equal_levels(self, row: Recognition) -> str:
        """The stated conversions in words."""
        return ", ".join(f"{level.scale}: {level.title}" for level in equal_levels_of(row))

    @admin.display(description=_("where it does not count"))
    def uncounted(self, row: Recognition) -> str:
        """Where it is asked for and does not count, and why."""
        return " ".join(map(uncounted_in_words, uncounted_recognition(row, at=clock.now())))

    def save_through(self, request: HttpRequest, _obj: Model | None, form: Any, _reason: str) -> Recognition:  # noqa: ANN401
        """Record a recognition."""
        entered = form.cleaned_data
        recorded = record_recognition(
            entered["learner_number"],
            basis=RecognitionBasis(entered["basis"]),
            organization=entered["organization"],
            competency=entered["competency"],
            level=entered["level"],
            equal_to=entered["equal_to"],
            without_level=entered["without_level"],
            credits=entered["credits"],
            source_credits=entered["source_credits"],
            achieved_on=entered["achieved_on"],
            valid_until=entered["valid_until"],
            words=entered["words"],
            by=signed_in_user(request),
            at=clock.now(),
        )
        for line in uncounted_recognition(recorded, at=clock.now()):
            messages.warning(request, uncounted_in_words(line))
        return recorded
