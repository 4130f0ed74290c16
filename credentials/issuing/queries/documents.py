"""The one look-up of documents by what is printed on them, for every kind."""

from django.db.models import QuerySet

from core.database.compiled import compiled
from credentials.models import Document
from credentials.rules.codes import stored_code


def document_by_code(typed: str) -> Document | None:
    """The published document with this printed code or serial, however it was typed; None when there is none."""
    code = stored_code(typed)
    if code is None:
        return None
    return next(iter(_coded(code)), None)


# Compiled once per process: anybody may ask for a code, as often as they like.
@compiled
def _coded(code: str) -> QuerySet[Document]:
    return Document.objects.checkable().filter(code_row__code=code)
