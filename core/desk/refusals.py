"""The named errors of actions, put into words for the people at the desk."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise

from core.desk.typed_admin import PlainAdmin

Words = str | Promise | Callable[[Any], str | Promise]


class Refusals(PlainAdmin):
    """`refusals` maps each error that an action of this page raises to words, or to a function of the error."""

    refusals: ClassVar[Mapping[type[Exception], Words]] = {}

    def words_for(self, refusal: Exception) -> str:
        """What to say about `refusal`; the most special class that is named wins."""
        known = next(kind for kind in type(refusal).__mro__ if kind in self.refusals)
        words = self.refusals[known]
        return str(words(refusal) if callable(words) else words)
