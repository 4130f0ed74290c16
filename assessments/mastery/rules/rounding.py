"""Exact numbers: a score stays a fraction until it is rounded once. The rounded score decides and is shown."""

from decimal import Decimal
from fractions import Fraction

HUNDREDTH = 100


def rounded(value: Fraction) -> Decimal:
    """Return `value` to 2 places, half away from zero: 2.675 is 2.68 and -2.675 is -2.68."""
    # Whole numbers only: Decimal would round a fraction such as 8/3 to its context first, and so round twice.
    numerator = 2 * HUNDREDTH * abs(value.numerator) + value.denominator
    hundredths = numerator // (2 * value.denominator)
    sign = "-" if value < 0 and hundredths else ""
    return Decimal(f"{sign}{hundredths // HUNDREDTH}.{hundredths % HUNDREDTH:02d}")


def fits_two_places(value: Decimal) -> bool:
    """Return whether the value is finite and has at most 2 decimal places, like the scores compared with it."""
    return value.is_finite() and (Fraction(value) * HUNDREDTH).denominator == 1
