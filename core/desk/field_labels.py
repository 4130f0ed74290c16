"""What the desk calls columns whose models name them in no language.

Django makes a label in English from the name of such a column, and a name given in the model would be a migration.
Packages name their columns in English alone. The labels stand here, by the name of the column, for every page.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

# For columns that their model does not name.
UNNAMED: Final[Mapping[str, Promise]] = {
    "artifact_digests": _("digests of the files"),
    "asked_by": _("asked by"),
    "assessment": _("assessment"),
    "assessor": _("assessor"),
    "award": _("award"),
    "client": _("API client"),
    "competency": _("competency"),
    "competency_revision": _("competency revision"),
    "consent_digest": _("digest of the consent"),
    "content": _("content"),
    "content_digest": _("digest of the content"),
    "corrects": _("corrects"),
    "destination": _("destination of the relation"),
    "digest": _("digest"),
    "enrollment": _("enrollment"),
    "framework": _("framework"),
    "grant": _("sharing grant"),
    "id": _("number of the record"),
    "judgement": _("assessment decision"),
    "learner": _("learner"),
    "level": _("level"),
    "name_digest": _("digest of the name"),
    "name_salt": _("random part of the digest"),
    "organization": _("organization"),
    "origin": _("origin of the relation"),
    "policy": _("policy"),
    "policy_version": _("policy version"),
    "prepared": _("prepared document"),
    "public_id": _("public identifier"),
    "published_guid": _("published identifier"),
    "recorded_by": _("recorded by"),
    "rubric": _("rubric"),
    "rubric_revision": _("rubric revision"),
    "salt": _("random part of the digest"),
    "same_as": _("same person as"),
    "scale": _("scale"),
    "sealed": _("sealed private key"),
    "search_words": _("words for the search"),
    "subject_id": _("identifier of the record"),
    "to_version": _("to version"),
    "withdrawn_by": _("withdrawn by"),
}
# For columns that a package names, in English.
OF_PACKAGES: Final[Mapping[str, Promise]] = {
    "authorization_grant_type": _("how it signs in"),
    "client_id": _("client identifier"),
    "client_type": _("kind of client"),
    "created": _("created"),
    "skip_authorization": _("without asking"),
    "updated": _("changed"),
}


def label_of(field: Any) -> str | Promise:  # noqa: ANN401 - a Field, of a model or of its history
    """The label of a column: of its model, or from here where the model has none that can be translated."""
    if field.name in OF_PACKAGES:
        return OF_PACKAGES[field.name]
    own: str | Promise = field.verbose_name
    return own if isinstance(own, Promise) else UNNAMED.get(field.name, own)


def labels_for(model: type[Model]) -> dict[str, str]:
    """The labels of all columns of `model` in the language of the request, as forms take them."""
    return {field.name: capfirst(str(label_of(field))) for field in model._meta.concrete_fields}


def column_label(column: str, model: type[Model]) -> str | Promise | None:
    """The label of a column of a list where it is a field of `model`; None for methods."""
    try:
        field = model._meta.get_field(column)
    except FieldDoesNotExist:
        return None
    return label_of(field) if hasattr(field, "verbose_name") else None
