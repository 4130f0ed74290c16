"""A link from a document to another one of its kind: the desk links to registered models, which Document is not."""

from collections.abc import Callable
from typing import Any

from django.db.models.options import Options
from django.urls import reverse
from django.utils.html import format_html

from credentials.models import Document


def link_to(document: Document | None, opts: "Options[Any]", printed: Callable[[str], str]) -> str:
    """The code of the document, `printed`, as a link to its page among the rows of `opts`; empty for none."""
    if document is None:
        return ""
    page = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[document.pk])
    return format_html('<a href="{}">{}</a>', page, printed(document.code))
