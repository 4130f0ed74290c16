"""Ranges in exclusion constraints, made of plain columns."""

from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, DateTimeRangeField
from django.db.models import Func, Value
from django.db.models.expressions import Combinable


class Point(Func):
    """A whole number as a range of one: GiST compares ranges without the btree_gist extension."""

    function = "int8range"
    output_field = BigIntegerRangeField()

    def __init__(self, number: Combinable) -> None:
        super().__init__(number, number, Value("[]"))


class Days(Func):
    """The days from one date up to, not including, another."""

    function = "daterange"
    arity = 2
    output_field = DateRangeField()


class Instants(Func):
    """The time from one instant up to, not including, another."""

    function = "tstzrange"
    arity = 2
    output_field = DateTimeRangeField()
