"""Forms of the desk save through an action and ask why; the admin's own saving and logging are switched off."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.database.constraint_messages import sentence_of, validate_constraints
from core.desk.field_labels import labels_for
from core.desk.finding import let_find
from core.desk.refusals import Refusals
from core.desk.rights import Rights
from core.forms import CarefulForm
from core.history import WHY, because

MAX_REASON_LENGTH = 500


def reason_field(*, required: bool = True) -> forms.CharField:
    """The question that every change answers; the answer stands in the history for good."""
    return forms.CharField(
        label=_("Why"),
        help_text=_("One sentence that explains this to whoever reads the history later."),
        required=required,
        max_length=MAX_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SavingForm(CarefulForm, forms.ModelForm):  # type: ignore[type-arg]  # the model comes with each admin class
    """A form about a row, with the question why, and with what the action refused when it was asked."""

    why = reason_field()
    refused = ""
    user: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        let_find(self.fields, self.user)

    def _post_clean(self) -> None:
        # Django's full_clean asks the row whether it breaks a constraint, and offers no other place to put words in.
        self.instance.validate_constraints = partial(validate_constraints, self.instance)
        try:
            super()._post_clean()  # type: ignore[misc]  # Django's
        finally:
            del self.instance.__dict__["validate_constraints"]

    def clean(self) -> dict[str, Any] | None:
        """Add what the action refused to the errors of the form."""
        cleaned = super().clean()
        if self.refused:
            raise forms.ValidationError(self.refused)
        return cleaned


class Saving(Rights, Refusals):
    """Hands what a form holds to `save_through`, which calls one action."""

    form = SavingForm
    # Identifiers by which machines name a record: nobody reads them, and support may ask for them.
    for_support: ClassVar[tuple[str, ...]] = ("public_id", "subject_id", "consent_digest", "content_digest")

    def save_through(self, request: HttpRequest, obj: Model | None, form: Any, reason: str) -> Model:  # noqa: ANN401
        """Call one action with what `form.cleaned_data` holds and return the row; `obj` is None for a new one.

        Errors that stand in `refusals` are shown on the form; the transaction they broke has left nothing behind.
        """
        raise NotImplementedError(f"{type(self).__qualname__} may be written to and has no save_through")

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401
        """The form with the question why, and with the action's refusal after a failed attempt."""
        form: Any = super().get_form(request, obj, change=change, labels=labels_for(self.model), **kwargs)
        form.refused = getattr(request, "desk_refused", "")
        form.user = request.user  # the class is made anew for each request
        if WHY in form.base_fields:
            form.base_fields[WHY] = reason_field(required=change)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """What only support asks for comes folded; the field for the reason comes last, on pages that write."""
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        fieldsets: list[Any] = []
        folded: list[Any] = []
        for title, options in super().get_fieldsets(request, obj):
            fields = [field for field in options["fields"] if field not in {WHY, *self.for_support}]
            fieldsets.append((title, {**options, "fields": fields}))
            folded += [field for field in options["fields"] if field in self.for_support]
        if folded:
            fieldsets.append((_("For support"), {"fields": folded, "classes": ["collapse"]}))
        return [*fieldsets, (None, {"fields": [WHY]})] if writes else fieldsets

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's view; errors in `refusals` show the form again."""
        try:
            answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        except tuple(self.refusals) as refusal:
            # The transaction is rolled back; the second pass shows the same form with what the action said.
            request.desk_refused = self.words_for(refusal)  # type: ignore[attr-defined]  # read back by get_form
            answer = super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as violation:
            sentence = sentence_of(violation)
            if sentence is None:
                raise
            request.desk_refused = sentence  # type: ignore[attr-defined]  # as above
            answer = super().changeform_view(request, object_id, form_url, extra_context)
        return answer

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: ANN401 - Django's hook
        """Call `save_through` with the reason in the history."""
        reason = form.cleaned_data.get(WHY, "")
        before = self.model._default_manager.get(pk=obj.pk) if change else None
        with because(reason):
            saved = self.save_through(request, before, form, reason)
        obj.__dict__.update(saved.__dict__)

    def save_related(self, request: HttpRequest, form: object, formsets: object, change: bool) -> None:
        """Nothing: the action has saved all there is."""

    def response_add(self, request: HttpRequest, obj: Model, _post_url_continue: str | None = None) -> HttpResponse:
        """Say so, and show the record."""
        return self._shown(request, obj)

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        """As response_add."""
        return self._shown(request, obj)

    def _shown(self, request: HttpRequest, obj: Model) -> HttpResponse:
        messages.success(request, _("Saved: %(record)s") % {"record": obj})
        route = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}"
        if self.has_view_permission(request, obj):
            return redirect(reverse(f"{route}_change", args=[obj.pk]))
        return redirect(reverse(f"{self.admin_site.name}:index"))

    # What happened is written down by the database, whoever did it (see history.py): the admin's own log stays empty.
    def log_addition(self, request: HttpRequest, obj: object, message: object) -> None:  # type: ignore[override]
        """Nothing."""

    def log_change(self, request: HttpRequest, obj: object, message: object) -> None:  # type: ignore[override]
        """Nothing."""

    def log_deletions(self, request: HttpRequest, queryset: object) -> None:  # type: ignore[override]
        """Nothing."""
