"""The percents of many enrollments at once: as stored where that is the answer of now, audited where it is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from programs.audit.formats.stored_audit_json import read_audit
from programs.audit.queries.audits import shown_audit
from programs.audit.queries.enrollment_facts import applying_tree_of
from programs.audit.rules.context import Method
from programs.audit.rules.result import Audit
from programs.models import Enrollment, Progress


@dataclass(frozen=True, slots=True)
class Percents:
    """Whole percent of a program that is done today, and that is done once all that is under way counts."""

    today: int
    projected: int


def percents_of(enrollments: Iterable[Enrollment], *, at: datetime) -> dict[int, Percents]:
    """Return the percents of `shown_audit` of each enrollment, by its id.

    One query for all whose stored audit is the answer at the instant `at`; some more for each that is stale or due.
    The enrollments are read with `version__program`, `cohort` and `organization`, else conditions ask for them.
    """
    rows = {enrollment.pk: enrollment for enrollment in enrollments}
    kept = {row.enrollment_id: row for row in Progress.objects.filter(enrollment__in=rows)}
    found = {}
    for pk, enrollment in rows.items():
        audited = _answer_of_now(enrollment, kept.get(pk), at=at) or shown_audit(enrollment, at=at).audit
        found[pk] = Percents(audited.percent, audited.projected_percent)
    return found


def _answer_of_now(enrollment: Enrollment, row: Progress | None, *, at: datetime) -> Audit | None:
    """Return the stored audit, or None where an audit now may give another answer."""
    if row is None or row.stale_since is not None:
        return None
    # An ended enrollment keeps its last result, whatever would have changed later.
    if enrollment.ended_on is None and row.holds_until is not None and row.holds_until <= at:
        return None
    audited = read_audit(row.audit)
    # A condition may choose another part since the audit was stored.
    tree = applying_tree_of(enrollment, Method(row.method))
    return audited if {node.node for node in audited.today.nodes} == {node.id for node in tree.walk()} else None
