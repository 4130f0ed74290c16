"""Django's own classes for admin pages, given the type parameters that only the type checker knows."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin, TabularInline

if TYPE_CHECKING:
    PlainAdmin = ModelAdmin[Any]
    PlainInline = TabularInline[Any, Any]
else:
    PlainAdmin = ModelAdmin
    PlainInline = TabularInline
