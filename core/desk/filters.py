"""Filters of lists that offer only what the person may see."""

from typing import Any

from django.contrib.admin import RelatedFieldListFilter
from django.http import HttpRequest

from core.desk.rights import choices_within


class SeenChoicesFilter(RelatedFieldListFilter):
    """A filter by another record, among the records that the right of the list covers."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - Django's
        """Django's choices without records that are out of this person's reach."""
        every = field.remote_field.model._default_manager.all()
        seen = choices_within(model_admin.may_view, request.user, every)
        limit = None if seen is every else {"pk__in": seen.values("pk")}
        ordering = self.field_admin_ordering(field, request, model_admin)
        choices: list[tuple[Any, Any]] = field.get_choices(
            include_blank=False, ordering=ordering, limit_choices_to=limit
        )
        return choices
