"""The desk pages of sharing: what learners let others read, and every answer that was given."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Disclosure, SharingGrant
from accounts.permissions import may_read_learners
from accounts.queries import ids_matching
from config.base import clock
from config.base.desk import DeskAdmin, DeskInline

WHOM = _("Beginnings of names, a learner number or another system's identifier")


class OfLearners(DeskAdmin):
    """Rows that are found by whose they are."""

    may_view = staticmethod(may_read_learners)
    search_fields = ("learner__learner_number",)
    search_help_text = WHOM

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (queryset.filter(learner__in=ids_matching(search_term)) if search_term else queryset), False


class DisclosuresInline(DeskInline):
    model = Disclosure
    fields = ("disclosed_at", "client", "act", "subject_kind", "status")
    ordering = ("-disclosed_at", "-pk")


@admin.register(SharingGrant)
class SharingGrantAdmin(OfLearners):
    question = _("Who outside may read whose record, for what and until when?")
    list_display = ("learner", "recipient", "purpose", "granted_at", "expires_at", "state")
    list_filter = ("purpose",)
    list_select_related = ("learner", "organization")
    fields = (
        "learner", "organization", "purpose", "granted_at", "expires_at", "use_limit", "use_count", "withdrawn_at",
        "consent_digest",
    )  # fmt: skip
    inlines: ClassVar = [DisclosuresInline]

    @admin.display(description=_("with"))
    def recipient(self, grant: SharingGrant) -> str:
        return grant.organization.name if grant.organization else _now("whoever holds the link")

    @admin.display(description=_("state"))
    def state(self, grant: SharingGrant) -> str:
        return str(grant.state_at(clock.now()).label)


@admin.register(Disclosure)
class DisclosureAdmin(OfLearners):
    question = _("What was shown of whose record, to whom and when?")
    list_display = ("disclosed_at", "learner", "organization", "client", "act", "subject_kind", "status")
    list_filter = ("act", "subject_kind")
    list_select_related = ("learner", "organization", "client", "grant")
    fields = (
        "disclosed_at", "learner", "organization", "client", "grant", "act", "subject_kind", "subject_id", "status",
        "content_digest",
    )  # fmt: skip
