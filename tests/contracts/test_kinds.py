"""Rows name things of higher apps by (kind, public_id): every kind is one model, and it resolves."""

import uuid

import pytest
from django.apps import apps
from django.db import models

from accounts.models import MODEL_OF_KIND, ApprovedKind, DisclosedKind
from programs.models import MODEL_OF_ATTAINMENT
from programs.rules.attainments import AttainmentKind

KINDS = sorted({*DisclosedKind.values, *ApprovedKind.values})

# Models still to be built; whoever builds one takes its line out.
TO_COME: set[str] = set()


def model_of(kind: str) -> type[models.Model] | None:
    try:
        return apps.get_model(MODEL_OF_KIND[kind])
    except LookupError:
        return None


def test_every_kind_is_one_model_and_every_model_one_kind() -> None:
    assert (sorted(MODEL_OF_KIND), len(set(MODEL_OF_KIND.values()))) == (KINDS, len(KINDS))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_resolves_by_public_id(kind: str) -> None:
    model = model_of(kind)
    if model is None:
        assert MODEL_OF_KIND[kind] in TO_COME
        return

    assert not model._base_manager.filter(public_id=uuid.UUID(int=1)).exists()


def test_a_model_that_was_built_is_no_longer_to_come() -> None:
    assert {label for kind, label in MODEL_OF_KIND.items() if model_of(kind) is not None} & TO_COME == set()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(AttainmentKind))
def test_what_an_attribution_names_resolves_by_public_id(kind: AttainmentKind) -> None:
    model = apps.get_model(MODEL_OF_ATTAINMENT[kind.value])

    assert not model._base_manager.filter(public_id=uuid.UUID(int=1)).exists()
