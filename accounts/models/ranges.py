"""Range expressions over plain columns, for exclusion constraints."""

from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, DateTimeRangeField
from django.db.models import Func, Value
from django.db.models.expressions import Combinable


class Point(Func):
    """A whole number as a range with one element.

    GiST can compare ranges for equality, but plain numbers only with the extension btree_gist, which we avoid.
    """

    function = "int8range"
    output_field = BigIntegerRangeField()

    def __init__(self, number: Combinable) -> None:
        super().__init__(number, number, Value("[]"))


class Days(Func):
    """The days from one date up to but not including another."""

    function = "daterange"
    arity = 2
    output_field = DateRangeField()


class Instants(Func):
    """The time from one instant up to but not including another."""

    function = "tstzrange"
    arity = 2
    output_field = DateTimeRangeField()
