"""Declaring what each competency of a framework is worth."""

from decimal import Decimal

from django.db import transaction

from competencies.models import Framework


@transaction.atomic
def declare_credit(framework: Framework, *, credit: Decimal | None, unit: str) -> Framework:
    """Set the credit that each mastered competency of a framework brings, in a unit; None declares none.

    Program versions that were published before keep what they read. A program reads it only where it counts in the same
    unit.
    """
    locked = Framework.objects.select_for_update(no_key=True).get(pk=framework.pk)
    locked.default_credit, locked.default_credit_unit = credit, "" if credit is None else unit.strip()
    locked.save(update_fields=["default_credit", "default_credit_unit"])
    return locked
