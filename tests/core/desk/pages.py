"""A desk made for tests: organizations to edit, jobs to retry, learners that nobody sees; the rest is real."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.actions.organizations import save_organization
from accounts.errors import OrganizationRingError
from accounts.models import Learner, Organization, OrganizationKind, User
from accounts.permissions import is_staff, may_assign_roles, may_change_organizations, mends_jobs
from core import clock
from core.desk import DeskAdmin, DeskInline, ReasonForm, SavingForm, VerbForm, desk_action
from core.desk.admin_site import DeskSite
from core.jobs.actions import retry_job
from core.jobs.errors import NotDeadError
from core.jobs.models import Job


class Branches(DeskInline):
    model = Organization
    fk_name = "parent"
    fields = ("name", "parent", "time_zone")
    verbose_name_plural = "branches"


class OrganizationForm(SavingForm):
    class Meta:
        model = Organization
        fields = ("name", "kind", "parent", "address", "time_zone", "languages")


class OrganizationPage(DeskAdmin):
    may_view = staticmethod(is_staff)
    may_add = staticmethod(may_change_organizations)
    may_change = staticmethod(may_change_organizations)
    form = OrganizationForm
    question = "Who are we, and whom do we work with?"
    list_display = ("name", "kind", "parent", "time_zone")
    list_filter = ("kind",)
    list_per_page = 3
    search_fields = ("name",)
    inlines = (Branches,)
    fieldsets = (
        (None, {"fields": ("name", "kind", "parent", "public_id")}),
        ("Where", {"fields": ("address", "time_zone", "languages")}),
    )
    readonly_fields = ("public_id",)
    refusals: ClassVar = {OrganizationRingError: "It would stand above itself. Choose another one above it."}

    def save_through(self, request: HttpRequest, obj: Any, form: Any, reason: str) -> Organization:
        said = form.cleaned_data
        return save_organization(
            obj,
            name=said["name"],
            kind=OrganizationKind(said["kind"]),
            parent=said["parent"],
            address=said["address"],
            time_zone=said["time_zone"],
            languages=said["languages"],
            by=cast("User", request.user),
            reason=reason,
        )


class MoveForm(ReasonForm):
    time_zone = forms.CharField(label="New time zone", help_text="As the IANA database writes it.")


class JobPage(DeskAdmin):
    may_view = staticmethod(is_staff)
    list_display = ("name", "state", "merges", "last_error")
    refusals: ClassVar = {NotDeadError: str}

    @desk_action("Try again", may=mends_jobs, explains="The job starts again from its first attempt.")
    def retry(self, request: HttpRequest, job: Job, _form: VerbForm) -> str:
        retry_job(job, by=cast("User", request.user).public_id, at=clock.now())
        return "The job will be tried again."

    @desk_action("Dismiss", may=mends_jobs, offered=lambda job: job.state == "dead", kind="danger")
    def dismiss(self, _request: HttpRequest, _job: Job, _form: VerbForm) -> str:
        raise NotDeadError("Somebody was quicker.")

    @desk_action("Count them", may=mends_jobs, about_row=False)
    def count(self, _request: HttpRequest, _job: None, _form: VerbForm) -> str:
        return f"There are {Job.objects.count()} jobs."


class LearnerPage(DeskAdmin):
    """Says yes to nobody."""

    list_display = ("learner_number",)


class UserPage(DeskAdmin):
    may_view = staticmethod(may_assign_roles)
    list_display = ("display_name", "is_active")
    fields = ("display_name", "is_active")


site = DeskSite(name="admin")
site.register(Organization, OrganizationPage)
site.register(Job, JobPage)
site.register(Learner, LearnerPage)
site.register(User, UserPage)
for model, page in admin.site._registry.items():
    if not site.is_registered(model):
        site.register(model, type(page))
