"""The admin pages of sharing: the grants of learners, and all disclosures."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Disclosure, SharingGrant
from accounts.permissions import may_read_learners
from accounts.queries.learner_search import rows_of_learners_matching
from core import clock
from core.desk import DeskAdmin, DeskInline

LEARNER_SEARCH_HELP = _("Beginnings of names, a learner number or another system's identifier")


class LearnerOwnedAdmin(DeskAdmin):
    """A page with rows that are searched by their learner."""

    may_view = staticmethod(may_read_learners)
    search_fields = ("learner__learner_number",)
    search_help_text = LEARNER_SEARCH_HELP

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search names, numbers and identifiers of the learner; the result has no duplicates."""
        return rows_of_learners_matching(queryset, search_term), False


class DisclosuresInline(DeskInline):
    """The disclosures under a grant, latest first."""

    model = Disclosure
    fields = ("disclosed_at", "client", "act", "subject_kind", "status")
    ordering = ("-disclosed_at", "-pk")


@admin.register(SharingGrant)
class SharingGrantAdmin(LearnerOwnedAdmin):
    """Sharing grants; only learners change them."""

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
        """The partner, or that the grant is a link."""
        return grant.organization.name if grant.organization else _now("whoever holds the link")

    @admin.display(description=_("state"))
    def state(self, grant: SharingGrant) -> str:
        """Whether the grant is live, and if not, why."""
        return str(grant.state_at(clock.now()).label)


@admin.register(Disclosure)
class DisclosureAdmin(LearnerOwnedAdmin):
    """Disclosures; they are append-only."""

    question = _("What was disclosed of whose record, to whom and when?")
    list_display = ("disclosed_at", "learner", "organization", "client", "act", "subject_kind", "status")
    list_filter = ("act", "subject_kind")
    list_select_related = ("learner", "organization", "client", "grant")
    fields = (
        "disclosed_at", "learner", "organization", "client", "grant", "act", "subject_kind", "subject_id", "status",
        "content_digest",
    )  # fmt: skip
