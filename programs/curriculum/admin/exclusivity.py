"""The page that names learners of an earlier version whose audit would differ if competing parts did not share."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.desk import DeskAdmin
from programs.curriculum.queries.exclusivity import (
    ExclusivityDifference,
    Figures,
    compared,
    enrollments_to_compare,
    shared_where_silent,
)
from programs.curriculum.queries.rule_labels import amount_in_words, credit
from programs.models import ProgramVersion
from programs.models.progress import ProgressStatus
from programs.permissions import reads_enrollments

PAGE = 100
"""Enrollments compared in one request: each is audited twice, by bounds alone."""


@dataclass(frozen=True)
class DifferenceRow:
    """A learner with the words of both audits, and the address of the enrollment."""

    learner: str
    now: str
    then: str
    url: str


class ExclusivityReport(DeskAdmin):
    """Adds the page to the desk page of versions."""

    def exclusivity_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show which of the next enrollments would be audited differently. Raises Http404 for versions of today."""
        version = self.version_of(request, object_id)
        if not reads_enrollments(request.user):
            raise PermissionDenied
        if not shared_where_silent(version):
            raise Http404
        start = request.GET.get("after", "0")
        after = int(start) if start.isascii() and start.isdigit() and len(start) < len(str(2**63)) else 0
        rows = list(reads_enrollments.among(request.user, enrollments_to_compare(version, after=after))[: PAGE + 1])
        at = clock.now()
        differences = [found for row in rows[:PAGE] if (found := compared(row, at=at)) is not None]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Learners, if parts did not share"),
            "opts": self.opts,
            "original": version,
            "version": version,
            "differences": [_row(found, version.credit_unit) for found in differences],
            "looked_at": len(rows[:PAGE]),
            "next_after": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        }
        return TemplateResponse(request, "programs/authoring/exclusivity.html", context)

    def version_of(self, request: HttpRequest, object_id: str) -> ProgramVersion:
        """Return the version, if this person may see it. Raises Http404."""
        row: Any = self._row(request, object_id)
        if not isinstance(row, ProgramVersion):
            raise Http404
        return row


def _row(found: ExclusivityDifference, unit: str) -> DifferenceRow:
    return DifferenceRow(
        learner=str(found.enrollment.learner),
        now=_words(found.shared, unit),
        then=_words(found.exclusive, unit),
        url=reverse("admin:programs_enrollment_change", args=[found.enrollment.pk]),
    )


def _words(figures: Figures, unit: str) -> str:
    words = {
        "status": ProgressStatus(figures.status).label,
        "percent": figures.percent,
        "left": amount_in_words(credit(figures.distance), unit),
    }
    if figures.proven:
        return _("%(status)s, %(percent)d %%, %(left)s left") % words
    return _("%(status)s, %(percent)d %%, at most %(left)s left") % words
