"""Exact numbers: a score stays a fraction until it is rounded once. The rounded score decides and is shown."""

from decimal import Decimal
from fractions import Fraction

HUNDREDTH = 100


def rounded(value: Fraction) -> Decimal:
    """Return `value` to 2 places, half away from zero: 2.675 is 2.68 and -2.675 is -2.68."""
    return rounded_ratio(value.numerator, value.denominator)


def rounded_ratio(numerator: int, denominator: int) -> Decimal:
    """Return `rounded` of a fraction that need not be reduced; the denominator is positive."""
    # Whole numbers only: Decimal would round a fraction such as 8/3 to its context first, and so round twice.
    doubled = 2 * HUNDREDTH * abs(numerator) + denominator
    hundredths = doubled // (2 * denominator)
    sign = "-" if numerator < 0 and hundredths else ""
    return Decimal(f"{sign}{hundredths // HUNDREDTH}.{hundredths % HUNDREDTH:02d}")


def fits_two_places(value: Decimal) -> bool:
    """Return whether the value is finite and has at most 2 decimal places, like the scores compared with it."""
    return value.is_finite() and (Fraction(value) * HUNDREDTH).denominator == 1
