"""The desk page of programs: what can be studied, in which version, by how many."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from accounts.models import Organization
from core import clock
from core.desk import DeskAdmin, DeskInline, VerbForm, desk_action
from programs.curriculum.actions.authoring import make_draft, make_program, rename_program
from programs.curriculum.labels import REFUSALS
from programs.curriculum.queries.desk import newest_frozen_version, with_version_numbers
from programs.models import Program, ProgramVersion
from programs.permissions import reads_programs, writes_programs


class VersionInline(DeskInline):
    """The versions of a program."""

    model = ProgramVersion
    fk_name = "program"
    ordering = ("-number",)
    fields = ("version", "state", "published_at", "closed_to_entry_on", "teach_out_until", "successor")
    readonly_fields = fields

    @admin.display(description=_("version"))
    def version(self, row: ProgramVersion) -> SafeString:
        """The number, with a link to the version's page."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:programs_programversion_change", args=[row.pk]), row.number
        )


def has_no_draft(program: Program) -> bool:
    """Return whether the program has no draft, so that a new one can begin."""
    return not program.versions.drafts().exists()


@admin.register(Program)
class ProgramAdmin(DeskAdmin):
    """The list and the page of programs."""

    may_view = staticmethod(reads_programs)
    may_add = staticmethod(writes_programs)
    may_change = staticmethod(writes_programs)
    question = _("What can be studied here, in which version, and by how many now?")
    private_search = False
    ordering = ("title", "pk")
    list_display = ("title", "code", "organization", "in_force", "drafted", "learners")
    list_select_related = ("organization",)
    search_fields = ("title", "code")
    inlines = (VersionInline,)
    change_form_template = "programs/desk/program.html"
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """The programs that this person sees, with their versions and size."""
        return with_version_numbers(super().rows_for(user, rows))

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The organization is chosen once, when the program is made."""
        return ["code", "title", "organization"] if obj is None else ["code", "title"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ANN401 - Django's
        """Offer the institution and its branches as awarding organizations: a partner does not award.

        The base leaves those that the person's role covers.
        """
        if db_field.name == "organization":
            kwargs["queryset"] = Organization.objects.ours().order_by("name", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_through(self, request: HttpRequest, obj: Model | None, form: Any, reason: str) -> Program:  # noqa: ANN401
        """Make or rename a program."""
        entered = form.cleaned_data
        if isinstance(obj, Program):
            return rename_program(
                obj, code=entered["code"], title=entered["title"], by=signed_in_user(request), reason=reason
            )
        return make_program(
            entered["code"],
            title=entered["title"],
            organization=entered["organization"],
            by=signed_in_user(request),
            at=clock.now(),
        )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - Django's
        """Add the draft for authors."""
        row = kwargs.get("obj")
        if isinstance(row, Program) and writes_programs(request.user, row):
            context["draft"] = row.versions.drafts().first()
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("version in force"))
    def in_force(self, program: Any) -> int | None:  # noqa: ANN401 - with the columns of rows_for
        """The number of the version in force."""
        return program.number_in_force  # type: ignore[no-any-return]  # annotated

    @admin.display(description=_("draft"))
    def drafted(self, program: Any) -> int | None:  # noqa: ANN401 - as above
        """The number of the draft."""
        return program.number_drafted  # type: ignore[no-any-return]  # annotated

    @admin.display(description=_("learners now"))
    def learners(self, program: Any) -> int:  # noqa: ANN401 - as above
        """The number of open enrollments."""
        return int(program.learners_now)

    @desk_action(
        _("New draft"),
        may=writes_programs,
        form=VerbForm,
        offered=has_no_draft,
        explains=_("It begins with the tree of the newest version. Nobody's program changes by it."),
    )
    def new_draft(self, request: HttpRequest, row: Program, _form: VerbForm) -> HttpResponse:
        """Begin a draft with the tree of the newest version, and open it."""
        draft = make_draft(row, based_on=newest_frozen_version(row), by=signed_in_user(request), at=clock.now())
        return redirect("admin:programs_programversion_tree", draft.pk)
