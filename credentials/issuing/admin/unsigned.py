"""The desk page of awards without a signed credential: and the reason for each."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.pages.reauthentication import require_recent_sign_in
from accounts.queries.learner_search import rows_of_learners_matching
from core.desk import DeskAdmin, VerbForm, desk_action
from credentials.issuing.actions.preparing import enqueue_issuing
from credentials.issuing.queries.credentials import unsigned_among
from credentials.issuing.queries.signing_problems import SigningObstacle, signing_problem_of
from credentials.labels import REFUSALS
from credentials.models import UnsignedAward
from credentials.permissions import issues_credentials, reads_credentials

OBSTACLE_LABELS: Mapping[SigningObstacle, Any] = {
    SigningObstacle.NO_ISSUER: _("Nobody signs for this organization: set up an issuer and make its first key."),
    SigningObstacle.NO_KEY: _("The issuer has no key that signs."),
    SigningObstacle.FAILED: _("The last attempt failed: %(said)s"),
    SigningObstacle.ON_ITS_WAY: _("It is on its way."),
}


@admin.register(UnsignedAward)
class UnsignedAwardAdmin(DeskAdmin):
    """Granted awards that never had a signed credential; a registrar can try again."""

    may_view = staticmethod(reads_credentials)
    question = _("Which awards have no signed credential, and why?")
    list_display = ("learner", "achievement", "awarded_on", "decided_at")
    list_select_related = ("learner", "achievement")
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number or an identifier")
    fields = ("learner", "achievement", "awarded_on", "decided_at", "trouble")
    readonly_fields = ("trouble",)
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """Those of the base's rows that have no signed credential."""
        return unsigned_among(super().rows_for(user, rows))

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by learner."""
        return rows_of_learners_matching(queryset, search_term), False

    @admin.display(description=_("reason"))
    def trouble(self, award: UnsignedAward) -> str:
        """Why the award has no signed credential, in words."""
        problem = signing_problem_of(award)
        return str(OBSTACLE_LABELS[problem.obstacle]) % {"said": problem.message}

    @desk_action(
        _("Try again"),
        may=issues_credentials,
        form=VerbForm,
        explains=_("It is prepared and signed at once, if nothing keeps it from that any more."),
    )
    def try_again(self, request: HttpRequest, row: UnsignedAward, _form: VerbForm) -> str:
        """Enqueue the issuing once more."""
        require_recent_sign_in(request)
        enqueue_issuing(row)
        return _now("It will be signed at once, or say here why not.")
