"""Fixtures for tests of competencies."""

from collections.abc import Callable
from typing import Any

import pytest

from competencies.actions import import_package, mark_used
from competencies.models import Competency, CompetencyRevision, Framework
from competencies.rules.report import ImportReport
from tests.competencies.packages import encoded, small
from tests.recipes import LONG_AGO

Take = Callable[..., ImportReport]


@pytest.fixture
def take(db: None) -> Take:
    """Import a JSON tree."""

    def imported(tree: Any, **options: Any) -> ImportReport:
        return import_package(encoded(tree), **{"at": LONG_AGO, **options})

    return imported


@pytest.fixture
def bread(take: Take) -> Framework:
    """The small framework, published."""
    report = take(small(), publish=True)
    framework: Framework = Framework.objects.get(public_id=report.framework_id)
    return framework


@pytest.fixture
def knead(bread: Framework) -> Competency:
    row: Competency = bread.competencies.get(code="knead")
    return row


@pytest.fixture
def used(knead: Competency) -> CompetencyRevision:
    """The revision of `knead`, in use."""
    revision: CompetencyRevision = knead.revisions.get()
    mark_used([revision], at=LONG_AGO)
    revision.refresh_from_db()
    return revision
