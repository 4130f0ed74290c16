"""Fields that offer competencies, frameworks and proficiency levels: each once, with code and words."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator

from competencies.models import Framework, ProficiencyLevel
from competencies.queries.choices import (
    competencies_offered,
    competency_in_words,
    framework_in_words,
    frameworks_offered,
    levels_offered,
)


class _ByFramework(ModelChoiceIterator):  # type: ignore[type-arg]  # its model stands in the queryset
    """The choices in groups, one for each framework: two frameworks may use the same codes."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for framework, rows in groupby(self.queryset, key=lambda row: row.framework):
            yield framework_in_words(framework), [self.choice(row) for row in rows]


class CompetencyField(forms.ModelChoiceField):  # type: ignore[type-arg]  # its model stands in its name
    """A choice of a competency. Translations are left out: they look like a second competency of the same code."""

    iterator = _ByFramework

    def __init__(self, queryset: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(competencies_offered() if queryset is None else queryset, **kwargs)

    def label_from_instance(self, competency: Any) -> str:  # noqa: ANN401 - with the column of competencies_offered
        """Code and words."""
        return competency_in_words(competency)


class FrameworkField(forms.ModelChoiceField):  # type: ignore[type-arg]  # as above
    """A choice of a framework."""

    def __init__(self, queryset: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(frameworks_offered() if queryset is None else queryset, **kwargs)

    def label_from_instance(self, framework: Framework) -> str:
        """Title, version and publisher."""
        return framework_in_words(framework)


class LevelField(forms.ModelChoiceField):  # type: ignore[type-arg]  # as above
    """A choice of a proficiency level, with the name of its scale where levels of several scales are offered."""

    scale = True

    def __init__(self, queryset: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(levels_offered() if queryset is None else queryset, **kwargs)

    def label_from_instance(self, level: ProficiencyLevel) -> str:
        """The title, with the scale where several are offered."""
        return f"{level.scale.title}: {level.title}" if self.scale else level.title
