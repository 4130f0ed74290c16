"""The pages of rules that need more than a form of fields: lists of competencies, and limits on sharing."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.desk import DeskAdmin
from programs.audit.queries.trees import draft_tree, nodes_of
from programs.audit.rules.qualifiers import Qualifiers
from programs.audit.rules.requirements import ANYTHING
from programs.curriculum.actions.authoring import qualify_requirement
from programs.curriculum.admin.authoring_forms import NodeForm
from programs.curriculum.admin.rule_forms import ListForm, ShareForm
from programs.curriculum.queries.outlines import competencies_matching, competencies_named
from programs.curriculum.queries.rule_labels import share_cap_in_words
from programs.models import ProgramVersion, Requirement

ACCEPTS, EXCLUDES, AT_MOST = "accepts", "excludes", "at-most"


class RulePages(DeskAdmin):
    """Pages of single rules; the page of the tree adds their routes and shows what came of them."""

    def list_part(self, request: HttpRequest, version: ProgramVersion, row: Requirement, which: str) -> HttpResponse:
        """Choose the competencies that count here, that do not count here, or of which only so much counts."""
        listed = _list_of(row, which)
        if listed is None:
            raise Http404
        counted = which.startswith(AT_MOST)
        sent = request.POST if request.method == "POST" else None
        chosen = competencies_named(sent.getlist("chosen") if sent else listed["names"])
        form = ListForm(sent, initial={"most": listed["most"], "unit": listed["unit"]})
        if sent and "save" in sent and form.is_valid():
            names = [str(competency.public_id) for competency in chosen]
            qualifiers = _with_list(row.qualifiers, which, names, form.limit())
            saved = partial(qualify_requirement, row, qualifiers=qualifiers)
            return self._done(request, version, row, saved, _("Saved."))
        words = form.cleaned_data.get("q", "") if sent and (form.is_valid() or form.cleaned_data) else ""
        picked = {competency.pk for competency in chosen}
        matches = [*chosen, *(it for it in competencies_matching(words) if it.pk not in picked)]
        context = {
            **self._frame(request, version, _titles()[AT_MOST if counted else which]),
            "row": row,
            "form": form,
            "counted": counted,
            "explains": _explains(which),
            "words": words,
            "found": [(it, it.pk in picked, False) for it in matches],
            "chosen_count": len(chosen),
        }
        template = "_found" if request.htmx else "listing"  # type: ignore[attr-defined]  # django-htmx
        return render(
            request, f"programs/authoring/{template}.html", context, status=422 if sent and form.errors else 200
        )

    def share_part(self, request: HttpRequest, version: ProgramVersion, row: Requirement) -> HttpResponse:
        """Limit what two requirements below a group have in common."""
        node = next(node for node in draft_tree(nodes_of(version)).walk() if node.id == row.key)
        titles = {inner.id: inner.title for inner in node.walk() if inner.id != row.key}
        caps = Qualifiers.read(row.qualifiers).share_caps
        limits = [share_cap_in_words(cap, version.credit_unit, titles) for cap in caps]
        form = ShareForm(request.POST or None, nodes=[*titles.items()], limits=limits)
        if form.is_bound and form.is_valid():
            kept = form.limits(row.qualifiers.get("share_caps", []))
            qualifiers = {**row.qualifiers, "share_caps": kept}
            saved = partial(qualify_requirement, row, qualifiers=qualifiers)
            return self._done(request, version, row, saved, _("Saved."))
        frame = self._frame(request, version, _("Limit what two parts share"))
        context = {**frame, "row": row, "form": form, "fields": [*form], "back_url": frame["tree_url"]}
        return render(request, "programs/authoring/sharing.html", context, status=422 if form.errors else 200)

    def _done(  # noqa: PLR0913, PLR0917 - as the page of the tree defines it
        self,
        request: HttpRequest,
        version: ProgramVersion,
        row: Requirement,
        act: Callable[[], object],
        words: str,
        form: NodeForm | None = None,
    ) -> HttpResponse:
        raise NotImplementedError

    def _frame(self, request: HttpRequest, version: ProgramVersion, title: str) -> dict[str, Any]:
        raise NotImplementedError


def _list_of(row: Requirement, which: str) -> dict[str, Any] | None:
    """Return the names of a list and its maximum; None where the requirement has no such list.

    `at-most` is a new list with a maximum, `at-most-1` the first one that is there.
    """
    if which in {ACCEPTS, EXCLUDES}:
        if which == ACCEPTS and not row.qualifiers.get(ACCEPTS):
            return None
        names = [name for name in row.qualifiers.get(which, []) if name != ANYTHING]
        return {"names": names, "most": None, "unit": None}
    if which == AT_MOST:
        return {"names": [], "most": 1, "unit": None}
    lists = row.qualifiers.get("max_listed", [])
    place = which.removeprefix(f"{AT_MOST}-")
    if not place.isdigit() or not 1 <= int(place) <= len(lists):
        return None
    entry = lists[int(place) - 1]
    return {"names": entry["accepts"], "most": entry["most"], "unit": entry["unit"]}


def _with_list(
    qualifiers: Mapping[str, Any], which: str, names: list[str], limit: dict[str, object]
) -> dict[str, object]:
    """Return qualifiers with a list in the place of the one before; an empty list with a maximum is removed."""
    if which == ACCEPTS:
        return {**qualifiers, ACCEPTS: names or [ANYTHING]}
    if which == EXCLUDES:
        return {**qualifiers, EXCLUDES: names}
    lists = [*qualifiers.get("max_listed", [])]
    entry = [{"accepts": names, **limit}] if names else []
    place = int(which.removeprefix(f"{AT_MOST}-")) - 1 if which != AT_MOST else len(lists)
    return {**qualifiers, "max_listed": [*lists[:place], *entry, *lists[place + 1 :]]}


def _titles() -> dict[str, str]:
    return {
        ACCEPTS: _("Competencies that count here"),
        EXCLUDES: _("Competencies that do not count here"),
        AT_MOST: _("At most so much from a list"),
    }


def _explains(which: str) -> str:
    if which == ACCEPTS:
        return _("Nothing ticked: every competency that is worth credit counts here.")
    if which == EXCLUDES:
        return _("What is ticked counts neither here nor at anything below.")
    return _("Of what is ticked only so much counts here. Nothing ticked: the list is removed.")
