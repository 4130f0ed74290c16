"""Exact numbers: scores stay fractions until one rounding, which decides and is shown."""

from decimal import Decimal
from fractions import Fraction

HUNDREDTH = 100


def rounded(value: Fraction) -> Decimal:
    """`value` to 2 places, half away from zero: 2.675 is 2.68 and -2.675 is -2.68."""
    numerator = 2 * HUNDREDTH * abs(value.numerator) + value.denominator
    hundredths = numerator // (2 * value.denominator)
    sign = "-" if value < 0 and hundredths else ""
    return Decimal(f"{sign}{hundredths // HUNDREDTH}.{hundredths % HUNDREDTH:02d}")


def fits_two_places(value: Decimal) -> bool:
    """Finite and without a third decimal place, so that a rounded score can be compared with it honestly."""
    return value.is_finite() and (Fraction(value) * HUNDREDTH).denominator == 1
