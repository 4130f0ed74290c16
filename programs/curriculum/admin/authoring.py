"""The page on which a program is written: its tree in words and as a picture, and every act on it as a plain form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from accounts.models import Approval, ApprovalOutcome
from core.forms import CarefulForm
from programs.curriculum.actions.authoring import (
    ask_for_competencies,
    move_requirement,
    nest_requirement,
    remove_requirement,
    save_requirement,
    shift_requirement,
)
from programs.curriculum.actions.publishing import replacement_digest
from programs.curriculum.admin.authoring_forms import GroupForm, NodeForm, amount_field
from programs.curriculum.admin.authoring_labels import KINDS
from programs.curriculum.admin.exclusivity import ExclusivityReport
from programs.curriculum.admin.form_choice import FORMS, form_for
from programs.curriculum.admin.picture import DESK, PHONE, picture_of
from programs.curriculum.admin.rule_pages import RulePages
from programs.curriculum.admin.sentences import Line, lines_of
from programs.curriculum.labels import REFUSALS
from programs.curriculum.queries.desk import requirement_with_key
from programs.curriculum.queries.outlines import competencies_matching, competencies_named, outline_of
from programs.curriculum.queries.publishing import approval_to_replace, version_in_force_before
from programs.errors import NotADraftError
from programs.models import ProgramVersion, Requirement
from programs.permissions import publishes_programs, writes_programs

LAST = 10_000
WAYS = {"up": -1, "down": 1}
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Bench:
    """A line of the tree, and the groups (key, title) into which it can be moved."""

    line: Line
    targets: tuple[tuple[str, str], ...]
    children: tuple["Bench", ...]


class PickerForm(CarefulForm, forms.Form):
    """The search words, and the choices so far."""

    q = forms.CharField(required=False, max_length=200, strip=True)
    credits = amount_field("")


class Authoring(RulePages, ExclusivityReport):
    """The page of a version's tree, and the acts on it."""

    def get_urls(self) -> list[URLPattern]:
        """Return the page and a route for each act, all below the version's own address."""
        acts: list[tuple[str, str, View]] = [
            ("", "tree", self.tree_view),
            ("<slug:key>/add/competency/", "tree_pick", self.writing(self.pick_part)),
            ("<slug:key>/add/<slug:kind>/", "tree_add", self.writing(self.add_part)),
            ("<slug:key>/edit/", "tree_edit", self.writing(self.edit_part)),
            ("<slug:key>/list/<slug:which>/", "tree_list", self.writing(self.list_part)),
            ("<slug:key>/share/", "tree_share", self.writing(self.share_part)),
            ("<slug:key>/nest/", "tree_nest", self.writing(self.nest_part)),
            ("<slug:key>/move/", "tree_move", self.writing(self.move_part)),
            ("<slug:key>/remove/", "tree_remove", self.writing(self.remove_part)),
        ]
        routes = [
            path(f"<path:object_id>/tree/{place}", self.admin_site.admin_view(view), name=self._route(name))
            for place, name, view in acts
        ]
        report = self.admin_site.admin_view(self.exclusivity_view)
        routes.append(path("<path:object_id>/exclusivity/", report, name=self._route("exclusivity")))
        return [*routes, *super().get_urls()]

    def writing(self, view: View) -> View:
        """Wrap a view: only authors may call it, only for a draft, and for a requirement that exists."""
        return partial(self._write, view)

    def _write(self, view: View, request: HttpRequest, object_id: str, key: str, **values: str) -> HttpResponse:
        if not writes_programs(request.user):
            raise PermissionDenied
        version = self.version_of(request, object_id)
        if not writes_programs(request.user, version):  # a branch reads what the institution awards
            raise PermissionDenied
        if not version.writable:
            return self._refused(request, version, NotADraftError())
        row = requirement_with_key(version, key)
        if row is None:
            raise Http404
        return view(request, version, row, **values)

    def tree_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the tree. Authors can change it while it is a draft; all others read it."""
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        version = self.version_of(request, object_id)
        context = {**self._frame(request, version, _("Requirements")), **self.workbench(request, version)}
        return TemplateResponse(request, "programs/authoring/tree.html", context)

    def workbench(self, request: HttpRequest, version: ProgramVersion, notice: str = "") -> dict[str, Any]:
        """Return the context of the tree's page; `notice` is announced where htmx replaces only a part of it."""
        root = lines_of(outline_of(version), version)
        groups = [line for line in root.walk() if line.node.group and not line.node.inside]
        mirrored, in_force, approval = (
            get_language_bidi(),
            version_in_force_before(version),
            approval_to_replace(version),
        )
        return {
            "version": version,
            "root": root,
            "bench": bench_of(root, groups),
            "writes": version.writable and writes_programs(request.user, version),
            "kinds": KINDS,
            "faulty": [line for line in root.walk() if line.faults],
            "fault_count": sum(len(line.faults) for line in root.walk()),
            "picture_wide": picture_of(root, width=DESK, mirrored=mirrored),
            "picture_narrow": picture_of(root, width=PHONE, mirrored=mirrored),
            "publishes": publishes_programs(request.user, version),
            "beside": in_force,
            "approval": approval,
            "approval_state": approval_state(version, approval) if in_force else "",
            "said": notice,
        }

    def pick_part(self, request: HttpRequest, version: ProgramVersion, row: Requirement) -> HttpResponse:
        """Search competencies of published frameworks, choose some, and add them to a group in one act."""
        sent = request.POST if request.method == "POST" else None
        chosen = competencies_named(sent.getlist("chosen")) if sent else []
        form = PickerForm(sent)
        refused = ""
        if sent and "add" in sent and form.is_valid():
            if chosen:
                worth = form.cleaned_data["credits"] or Decimal(0)
                added = partial(ask_for_competencies, version, parent=row, competencies=chosen, worth=worth)
                done = ngettext("%(count)d requirement added.", "%(count)d requirements added.", len(chosen))
                return self._done(request, version, row, added, done % {"count": len(chosen)})
            refused = _("Tick at least one competency.")
        words = form.cleaned_data.get("q", "") if sent and (form.is_valid() or form.cleaned_data) else ""
        named = {str(node.row.competency.public_id) for node in outline_of(version).walk() if node.row.competency}
        picked = {row.pk for row in chosen}
        matches = [*chosen, *(row for row in competencies_matching(words) if row.pk not in picked)]
        context = {
            **self._frame(request, version, _("Add competencies")),
            "parent": row,
            "form": form,
            "words": words,
            "found": [(row, row.pk in picked, str(row.public_id) in named) for row in matches],
            "chosen_count": len(chosen),
            "refused": refused,
        }
        template = "_found" if request.htmx else "picker"  # type: ignore[attr-defined]  # django-htmx
        status = 422 if refused or form.errors else 200
        return render(request, f"programs/authoring/{template}.html", context, status=status)

    def add_part(self, request: HttpRequest, version: ProgramVersion, row: Requirement, kind: str) -> HttpResponse:
        """Add one requirement of a kind as the last part of a group."""
        if kind not in FORMS:
            raise Http404
        form = FORMS[kind](request.POST or None, version=version)
        if form.is_bound and form.is_valid():
            added = partial(save_requirement, None, version=version, parent=row, node=form.node())
            return self._done(request, version, row, added, _("Added."), form)
        return self._form_page(request, version, row, form, str(KINDS[kind].add))

    def edit_part(self, request: HttpRequest, version: ProgramVersion, row: Requirement) -> HttpResponse:
        """Change a requirement."""
        form = form_for(row)(request.POST or None, version=version, row=row)
        if form.is_bound and form.is_valid():
            saved = partial(save_requirement, row, version=version, node=form.node())
            return self._done(request, version, row, saved, _("Saved."), form)
        return self._form_page(request, version, row, form, _("Change what is asked for"))

    def nest_part(self, request: HttpRequest, version: ProgramVersion, row: Requirement) -> HttpResponse:
        """Replace a requirement by a new group that contains it."""
        form = GroupForm(request.POST or None, version=version)
        if form.is_bound and form.is_valid():
            nested = partial(nest_requirement, row, node=form.node())
            return self._done(request, version, row, nested, _("It lies in a group of its own now."), form)
        return self._form_page(request, version, row, form, _("Put it into a new group"))

    def move_part(self, request: HttpRequest, version: ProgramVersion, row: Requirement) -> HttpResponse:
        """Move a requirement up or down by one place, or into another group."""
        if request.method != "POST":
            return redirect(self._place(version))
        way = WAYS.get(request.POST.get("way", ""))
        if way is not None:
            shifted = partial(shift_requirement, row, steps=way)
            return self._done(request, version, row, shifted, _("“%(title)s” moved.") % {"title": row})
        target = requirement_with_key(version, request.POST.get("parent", ""))
        if target is None:
            return self._say(request, version, row, messages.WARNING, _("Choose a group to move it into."))
        moved = partial(move_requirement, row, parent=target, place=LAST)
        done = _("“%(title)s” lies in “%(group)s” now.") % {"title": row, "group": target}
        return self._done(request, version, row, moved, done)

    def remove_part(self, request: HttpRequest, version: ProgramVersion, row: Requirement) -> HttpResponse:
        """Show what is removed; on POST, remove the requirement and everything below it."""
        if request.method == "POST":
            parent = row.parent or row
            done = _("“%(title)s” is removed.") % {"title": row}
            return self._done(request, version, parent, partial(remove_requirement, row), done)
        node = next(node for node in outline_of(version).walk() if node.row.pk == row.pk)
        gone = [part for part in node.walk() if not part.inside and part is not node]
        context = {**self._frame(request, version, _("Remove")), "node": node, "gone": gone}
        return render(request, "programs/authoring/removing.html", context)

    def _done(  # noqa: PLR0913, PLR0917 - what was done, to what, and how to say so
        self,
        request: HttpRequest,
        version: ProgramVersion,
        row: Requirement,
        act: Callable[[], object],
        words: str,
        form: NodeForm | None = None,
    ) -> HttpResponse:
        """Call the action; show a refusal on the form, or on the page where there is no form."""
        try:
            made = act()
        except tuple(REFUSALS) as refusal:
            if form is None:
                return self._refused(request, version, refusal, row)
            form.add_error(None, self.words_for(refusal))
            return self._form_page(request, version, row, form, _("Not done"))
        seen = made if isinstance(made, Requirement) else row
        return self._say(request, version, seen, messages.SUCCESS, words)

    def _refused(
        self, request: HttpRequest, version: ProgramVersion, refusal: Exception, row: Requirement | None = None
    ) -> HttpResponse:
        return self._say(request, version, row, messages.WARNING, self.words_for(refusal))

    def _say(
        self, request: HttpRequest, version: ProgramVersion, row: Requirement | None, level: int, words: str
    ) -> HttpResponse:
        """Show a message: htmx gets the part that changed, other requests are redirected to the page."""
        if request.htmx:  # type: ignore[attr-defined]  # django-htmx
            context = {"opts": self.opts, **self.workbench(request, version, words)}
            return render(request, "programs/authoring/_workbench.html", context)
        messages.add_message(request, level, words)
        return redirect(self._place(version, row))

    def _form_page(
        self, request: HttpRequest, version: ProgramVersion, row: Requirement, form: NodeForm, title: str
    ) -> HttpResponse:
        context = {**self._frame(request, version, title), "row": row, "form": form, "back_url": self._place(version)}
        return render(request, "programs/authoring/asking.html", context, status=422 if form.errors else 200)

    def _frame(self, request: HttpRequest, version: ProgramVersion, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": version,
            "version": version,
            "tree_url": self._place(version),
        }

    def _place(self, version: ProgramVersion, row: Requirement | None = None) -> str:
        place = reverse(f"{self.admin_site.name}:{self._route('tree')}", args=[version.pk])
        return f"{place}#node-{row.key}" if row is not None else place

    def _route(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"


def bench_of(line: Line, groups: Sequence[Line]) -> Bench:
    """Return a line and those below it, each with the groups into which it can be moved."""
    node = line.node
    below = {inner.key for inner in node.walk()}
    parent = node.row.parent_id
    targets = [
        (group.node.key, group.title) for group in groups if group.node.key not in below and group.node.row.pk != parent
    ]
    return Bench(line, tuple(targets), tuple(bench_of(child, groups) for child in line.children))


def approval_state(version: ProgramVersion, approval: Approval | None) -> str:
    """Return the state of the approval to follow the version in force: asked, approved, declined, or missing."""
    if approval is None:
        return "missing"
    if approval.decided_at is None:
        return "asked"
    if approval.outcome != ApprovalOutcome.APPROVED:
        return "declined"
    return "approved" if approval.digest == replacement_digest(version) else "missing"
