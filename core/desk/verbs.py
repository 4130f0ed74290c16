"""What can be done with a row, or from a list: verbs that ask, call one action and say what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.database.constraint_messages import sentence_of
from core.desk.finding import let_find
from core.desk.refusals import Refusals
from core.desk.rights import Predicate, Rights, covers
from core.desk.saving import reason_field
from core.forms import CarefulForm
from core.history import WHY, because

Text = str | Promise
Perform = Callable[..., str | Promise | HttpResponse]


class VerbForm(CarefulForm, forms.Form):
    """What a verb asks; subclasses add fields and may look at `row` and `user`."""

    def __init__(self, *args: Any, row: Model | None = None, user: Any = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.row = row
        self.user = user
        let_find(self.fields, user)


class ReasonForm(VerbForm):
    """Asks only why."""

    why = reason_field()


def always(_row: object) -> bool:
    """A verb that any row can take."""
    return True


@dataclass(frozen=True)
class Verb:
    """One verb of a DeskAdmin; `about_row` is false for verbs of the list, which have no row."""

    name: str
    label: Text
    perform: Perform
    may: Predicate
    form: type[VerbForm]
    offered: Callable[[Any], bool]
    explains: Text
    kind: str
    about_row: bool


def desk_action(  # noqa: PLR0913 - what a page must be told, all by name
    label: Text,
    *,
    may: Predicate,
    form: type[VerbForm] = ReasonForm,
    offered: Callable[[Any], bool] = always,
    explains: Text = "",
    kind: str = "",
    about_row: bool = True,
) -> Callable[[Perform], Verb]:
    """Make a verb of a method `(self, request, row, form)` that calls ONE action and returns the words for its success.

    `may` is asked of the user, `offered` of the row. The form is shown first, with `explains`, and comes back by POST;
    the reason in its field `why` goes into the history. Errors named in `refusals` are shown on the form. A method may
    return a response instead of words. Verbs of a list (`about_row=False`) get None as row. `kind` is "danger" or "".
    """

    def declare(perform: Perform) -> Verb:
        return Verb(perform.__name__, label, perform, may, form, offered, explains, kind, about_row)

    return declare


class Verbs(Rights, Refusals):
    """Gives each verb its route and page."""

    @classmethod
    def verbs(cls) -> list[Verb]:
        """Every verb of this class and its bases, in the order they were written."""
        found = {name: value for kind in reversed(cls.__mro__) for name, value in vars(kind).items()}
        return [value for value in found.values() if isinstance(value, Verb)]

    def verbs_for(self, request: HttpRequest, row: Model | None = None) -> list[tuple[Verb, str]]:
        """The verbs, with their addresses, that this person may do with `row`, or from the list when there is none."""
        return [
            (verb, self._verb_url(verb, row))
            for verb in self.verbs()
            if verb.about_row == (row is not None)
            and covers(verb.may, request.user, row)
            and (row is None or verb.offered(row))
        ]

    def get_urls(self) -> list[URLPattern]:
        """A route for each verb, before Django's own."""
        routes = []
        for verb in self.verbs():
            place = f"<path:object_id>/do/{verb.name}/" if verb.about_row else f"do/{verb.name}/"
            view = self.admin_site.admin_view(partial(self.verb_view, verb=verb))
            routes.append(path(place, view, name=self._verb_route(verb)))
        return [*routes, *super().get_urls()]

    def verb_view(self, request: HttpRequest, *, verb: Verb, object_id: str = "") -> HttpResponse:
        """Show the verb's form; when it comes back filled in, do it once and say so."""
        if not verb.may(request.user):
            raise PermissionDenied
        row = self._row(request, object_id) if verb.about_row else None
        if not covers(verb.may, request.user, row):
            raise PermissionDenied
        if row is not None and not verb.offered(row):
            messages.warning(
                request, _("That cannot be done any more: somebody was quicker, or the record has moved on.")
            )
            return redirect(self._back_url(row))
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = verb.form(*sent, row=row, user=request.user)
        if form.is_bound and form.is_valid():
            answer = self._perform(request, verb, row, form)
            if answer is not None:
                return answer
        return self._ask(request, verb, row, form)

    def _perform(self, request: HttpRequest, verb: Verb, row: Model | None, form: VerbForm) -> HttpResponse | None:
        try:
            with because(form.cleaned_data.get(WHY, "")):
                answer = verb.perform(self, request, row, form)
        except tuple(self.refusals) as refusal:
            form.add_error(None, self.words_for(refusal))
            return None
        except IntegrityError as violation:
            sentence = sentence_of(violation)
            if sentence is None:
                raise
            form.add_error(None, sentence)
            return None
        if isinstance(answer, HttpResponse):
            return answer
        messages.success(request, str(answer))
        return redirect(self._back_url(row))

    def _ask(self, request: HttpRequest, verb: Verb, row: Model | None, form: VerbForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": verb.label,
            "opts": self.opts,
            "original": row,
            "verb": verb,
            "form": form,
            "back_url": self._back_url(row),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "desk/verb.html", context, status=status)

    def _row(self, request: HttpRequest, object_id: str) -> Model:
        row: Model | None = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def _verb_route(self, verb: Verb) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{verb.name}"

    def _verb_url(self, verb: Verb, row: Model | None) -> str:
        return reverse(f"{self.admin_site.name}:{self._verb_route(verb)}", args=[] if row is None else [row.pk])

    def _back_url(self, row: Model | None) -> str:
        base = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"{base}_changelist") if row is None else reverse(f"{base}_change", args=[row.pk])
