"""Recognitions: finished study at another place that counts here."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.actions.locked_learner import locked_learner
from accounts.models import Learner, Organization, User
from competencies.models import Competency, ProficiencyLevel
from core.database.ledger import new_salt
from programs.awards.actions.progress import reaudit_person
from programs.decisions.actions.milestones import require_past
from programs.decisions.queries import recognisable_credits
from programs.errors import (
    AlreadyRecognisedError,
    CreditsBeyondError,
    NoLevelUnexplainedError,
    RecognitionIncompleteError,
    SourceCreditsMissingError,
)
from programs.models import Recognition, RecognitionBasis, RecognitionBody


@transaction.atomic
def record_recognition(
    learner: Learner,
    *,
    basis: RecognitionBasis,
    achieved_on: date,
    by: User,
    competency: Competency | None = None,
    level: ProficiencyLevel | None = None,
    credits: Decimal | None = None,  # noqa: A002 - the field's word
    source_credits: Decimal | None = None,
    organization: Organization | None = None,
    valid_until: date | None = None,
    equal_to: Iterable[ProficiencyLevel] = (),
    without_level: bool = False,
    words: str = "",
    at: datetime | None = None,
) -> Recognition:
    """Record that finished study at another place counts here.

    `equal_to` are levels on other scales that the registrar states `level` is equal to. `without_level`: it counts also
    where a level is asked for, although it has none; the words say why. `source_credits` is what the study was worth at
    the source, in credits of this institution.

    `credits` are at most what a competency is worth in the learner's programs or its framework; where nothing says
    that, and for credits without a competency, at most `source_credits`, which must then be stated. Credits without a
    competency are also at most all that the largest program of the learner asks for.

    Raises RecognitionIncompleteError, NoLevelUnexplainedError, InTheFutureError, SourceCreditsMissingError,
    CreditsBeyondError, AlreadyRecognisedError, OwnRecordError.
    """
    person = locked_learner(learner, at=at)
    person.require_another(by)
    require_past(achieved_on, person)
    conversions = {str(other.scale.public_id): other.rank for other in equal_to}
    incomplete = (competency is None and credits is None) or (level is not None and competency is None)
    incomplete = incomplete or (bool(conversions) and level is None)
    if without_level:
        incomplete = incomplete or level is not None or competency is None
    if incomplete or (valid_until is not None and valid_until <= achieved_on):
        raise RecognitionIncompleteError
    if without_level and not words.strip():
        raise NoLevelUnexplainedError
    if credits:
        _require_within(credits, source_credits, competency, person.records)
    row = Recognition(
        learner=person.record,
        basis=basis,
        organization=organization,
        competency=competency,
        level=level,
        conversions=conversions,
        without_level=without_level,
        credits=credits,
        source_credits=source_credits,
        achieved_on=achieved_on,
        valid_until=valid_until,
        recorded_at=person.at,
        recorded_by=by,
    )
    _require_new(row, person.records)
    row.save()
    if words.strip():
        RecognitionBody.objects.create(recognition=row, content=words.strip(), salt=new_salt())
    reaudit_person(person)
    return row


def _require_within(
    recognised: Decimal, source: Decimal | None, competency: Competency | None, records: tuple[int, ...]
) -> None:
    bound = recognisable_credits(records, competency)
    if source is None and (competency is None or bound is None):
        raise SourceCreditsMissingError
    least = min(amount for amount in (bound, source) if amount is not None)
    if recognised > least:
        raise CreditsBeyondError(least)


def _require_new(row: Recognition, records: tuple[int, ...]) -> None:
    """Refuse what stands recorded already: the same study twice would read as two."""
    if row.competency is None:
        return
    same = Recognition.objects.standing().filter(
        learner__in=records,
        competency=row.competency,
        level=row.level,
        conversions=row.conversions,
        without_level=row.without_level,
        organization=row.organization,
    )
    if same.filter(achieved_on=row.achieved_on, basis=row.basis, credits=row.credits).exists():
        raise AlreadyRecognisedError
