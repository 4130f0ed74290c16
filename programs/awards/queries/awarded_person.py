"""What an award records about a person: the legal name on a day, the records, and the instant of the newest fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Learner
from accounts.queries.legal_names import with_names
from assessments.models import Evidence
from core.database.compiled import compiled


@dataclass(frozen=True)
class AwardedPerson:
    """The person's legal name (if there is one), and by record (id) the learner numbers; public ids of the records.

    `newest` is the instant of the newest fact.
    """

    name: str | None
    numbers: Mapping[int, str]
    public_ids: tuple[str, ...]
    newest: datetime | None

    def name_of(self, record: int) -> str:
        """Return the person's legal name, whichever record has it; else the learner number of this record."""
        return self.numbers[record] if self.name is None else self.name

    def known_at(self, at: datetime) -> datetime:
        """Return `at`, or the instant of the newest fact if that is later: no replay leaves a fact out."""
        return at if self.newest is None else max(at, self.newest)


def awarded_person(records: tuple[int, ...], *, on: date) -> AwardedPerson:
    """Return the person of these records, with the name on that civil date; one query."""
    rows = _records(records, on)
    newest = [moment for row in rows for moment in row[4:] if moment is not None]
    return AwardedPerson(
        name=next((name for _pk, _public_id, _number, name, *_ in rows), None),
        numbers={pk: number for pk, _public_id, number, *_ in rows},
        public_ids=tuple(str(public_id) for _pk, public_id, *_ in rows),
        newest=max(newest, default=None),
    )


@compiled
def _records(records: tuple[int, ...], on: date) -> QuerySet[Learner, tuple[Any, ...]]:
    rows = Evidence.objects.filter(learner=OuterRef("pk"))
    recorded = rows.order_by("-recorded_at").values("recorded_at")
    voided = rows.filter(void__isnull=False).order_by("-void__voided_at").values("void__voided_at")
    people = with_names(Learner.objects.filter(pk__in=records), on=on).order_by("pk")
    people = people.annotate(newest_recorded=Subquery(recorded[:1]), newest_voided=Subquery(voided[:1]))
    return people.values_list("pk", "public_id", "learner_number", "legal_name", "newest_recorded", "newest_voided")
