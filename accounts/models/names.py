"""The names of learners, current and former ones."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.models.learners import Learner, LearnerOwnedQuerySet
from accounts.models.ranges import Days, Point
from core.database.plausible_dates import plausible_dates


class NameKind(models.TextChoices):
    """The kinds of names; a former name is one that a document in the learner's hands may show."""

    LEGAL = "legal", _("legal")
    CHOSEN = "chosen", _("chosen")
    FORMER = "former", _("former")


class Words(Func):
    """Space-separated words as a search vector, without a parser, because no parser knows all scripts.

    It is a database function of our own (see the first migration) with a declared cost. PostgreSQL assumes that the
    built-in parts are free, and would compute them for a million names instead of using the index.
    """

    function = "cairn_words"
    arity = 1
    output_field = SearchVectorField()


class MatchesSearchQuery(Func):
    """Whether a search vector matches a search query."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    arity = 2
    output_field = models.BooleanField()


class LearnerNameQuerySet(LearnerOwnedQuerySet["LearnerName"]):
    """Names by kind, day and words."""

    def on(self, day: date) -> Self:
        """Those in force on `day`."""
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gt=day))

    def legal(self) -> Self:
        """Legal names, which documents use."""
        return self.filter(kind=NameKind.LEGAL)

    def latest_first(self) -> Self:
        """Those of one person in the order in which they count: the name that was taken last comes first.

        A name without a start is one since birth. Linked records may both have a name in force; of names that begin on
        the same day the one of the lowest record counts.
        """
        return self.order_by(F("starts_on").desc(nulls_last=True), "learner_id", "pk")

    def containing_words(self, words: Sequence[str]) -> Self:
        """Those in which each of the folded `words` is a word or its beginning."""
        # Quoted lexemes with a prefix match; quotes and backslashes are doubled, so that any input is a valid query.
        query = " & ".join("'{}':*".format(word.replace("\\", "\\\\").replace("'", "''")) for word in words)
        return self.filter(MatchesSearchQuery(Words(F("search_words")), Cast(Value(query), SearchQueryField())))


@pghistory.track()
class LearnerName(models.Model):
    """A name as it is written, from `starts_on` up to but not including `ends_on`; no start means since birth.

    Legal names do not overlap, and neither do chosen names. Former names (a birth name, a name on an old diploma) may
    overlap, because their dates are often unknown.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="names", verbose_name=_("learner"))
    kind = models.CharField(_("kind"), max_length=10, choices=NameKind.choices)
    text = models.CharField(_("name as written"), max_length=300)
    sort_key = models.CharField(_("sorted as"), max_length=600, editable=False)
    search_words = models.CharField(max_length=1200, editable=False)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = LearnerNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        indexes: ClassVar = [
            # The names of a learner on a day.
            models.Index(fields=["learner", "kind", "starts_on"], name="learner_name_history"),
            # Lists of learners in the order of their names.
            models.Index(fields=["sort_key", "learner"], name="learner_name_order"),
            # Search by words and their beginnings; the query must use the same function as the index.
            GinIndex(Words("search_words"), name="learner_name_search"),
        ]
        constraints: ClassVar = [
            plausible_dates("learner_name", "starts_on", "ends_on"),
            models.CheckConstraint(condition=Q(kind__in=NameKind.values), name="learner_name_kind_is_known"),
            # Control characters could forge a line in documents, logs and exports.
            models.CheckConstraint(
                condition=Q(text__regex=r"^\S(.*\S)?$") & ~Q(text__regex=r"[\u0001-\u001f\u007f]"),
                name="learner_name_is_written_on_one_line",
                violation_error_message=_("A name is one line without blanks at its ends."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="learner_name_ends_after_it_starts",
                violation_error_message=_("The last day lies before the first."),
            ),
            # The exclusion constraints imply this one; it gives the most frequent mistake a message of its own.
            models.UniqueConstraint(
                fields=["learner", "kind"],
                condition=Q(ends_on=None) & ~Q(kind=NameKind.FORMER),
                name="learner_name_one_open_per_kind",
                violation_error_message=_("There is already such a name without an end."),
            ),
            # One constraint per kind, so that the condition is constant and former names stay outside.
            *(
                ExclusionConstraint(
                    name=f"learner_name_{kind}_ones_do_not_overlap",
                    expressions=[
                        (Point(F("learner_id")), RangeOperators.EQUAL),
                        (Days(F("starts_on"), F("ends_on")), RangeOperators.OVERLAPS),
                    ],
                    condition=Q(kind=kind),
                    violation_error_message=_("There is another name of this kind on some of these days."),
                )
                for kind in ("legal", "chosen")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} name of learner {self.learner_id}"

    @property
    def heading(self) -> str:
        """Its name at the desk."""
        return f"{self.text} · {self.get_kind_display()}"

    def overlapping(self) -> models.QuerySet["LearnerName"]:
        """Other names of the same kind and learner that share a day with this name."""
        others = LearnerName.objects.filter(learner=self.learner, kind=self.kind).exclude(pk=self.pk)
        if self.starts_on is not None:
            others = others.filter(Q(ends_on=None) | Q(ends_on__gt=self.starts_on))
        if self.ends_on is not None:
            others = others.filter(Q(starts_on=None) | Q(starts_on__lt=self.ends_on))
        return others
