"""What the desk pages of decisions share: search by learner, read-only records, withdrawal by a verb."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from accounts.forms import LearnerNumberField
from accounts.queries.legal_names import with_person
from accounts.queries.time_zones import learner_civil_date
from core import clock
from core.desk import DeskAdmin, SavingForm, VerbForm, desk_action
from programs.awards.queries.desk import about_learners_matching
from programs.decisions.actions import withdraw_decision
from programs.labels import REFUSALS
from programs.permissions import keeps_enrollments, reads_enrollments


def stands(row: Any) -> bool:  # noqa: ANN401 - any of the three
    """Return whether the decision is not withdrawn."""
    return row.withdrawn_at is None


class AboutLearnerForm(SavingForm):
    """A record of the learner with this number."""

    learner_number = LearnerNumberField(keeps_enrollments)


class DecisionAdmin(DeskAdmin):
    """The three pages share this: search by learner, read-only records, withdrawal by a verb."""

    may_view = staticmethod(reads_enrollments)
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number, an identifier or an e-mail")
    list_filter = (("withdrawn_at", admin.EmptyFieldListFilter),)
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """Add the learner's name of today."""
        return with_person(super().rows_for(user, rows), on=learner_civil_date(clock.now()))

    @admin.display(description=_("name"))
    def named(self, row: Any) -> str:  # noqa: ANN401 - with the column of with_person
        """The learner's legal name."""
        return row.legal_name or _now("no name on record")

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the learner, under any name or number."""
        return about_learners_matching(queryset, search_term), False

    @desk_action(
        _("Withdraw"),
        may=keeps_enrollments,
        form=VerbForm,
        offered=stands,
        explains=_(
            "It no longer counts; the record of it stays. The learner's programs are audited at once, and awards that"
            " rest on it are listed for review."
        ),
        kind="danger",
    )
    def take_back(self, request: HttpRequest, row: Any, _form: VerbForm) -> str:  # noqa: ANN401 - any of the three
        """Withdraw the decision."""
        withdraw_decision(row, by=signed_in_user(request), at=clock.now())
        return _now("Withdrawn.")


def words_of(row: Any) -> str:  # noqa: ANN401 - a recognition or an exception
    """Return the note on a decision, or that it was erased."""
    body = getattr(row, "body", None)
    if body is None:
        return ""
    return _now("erased") if body.content is None else str(body.content)
