"""Linked records are one person: whoever reads or searches rows of a learner goes through the link."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import ForeignKey
from django.test import RequestFactory

from accounts.models import Learner
from core.desk import DeskAdmin
from tests import PACKAGES
from tests.conftest import ROOT

OUTSIDE = {"migrations"}
READS = {"filter", "get", "exclude", "get_or_create", "update_or_create"}
ONE_RECORD = {"learner", "learner_id", "learner__pk", "learner__id", "learner__learner_number", "learner__public_id"}
# "path: call" and why this read is about one record and not about the person.
ALLOWED = {
    "accounts/actions/names.py: LearnerName.objects.filter": "a name ends the one before it of its own record",
    "accounts/models/names.py: LearnerName.objects.filter": "the names of one record do not overlap, says a constraint",
    "accounts/queries/legal_names.py: LearnerName.objects.legal().on(on).filter": "a list shows each record",
    "assessments/evidence/actions/corrections.py: Evidence.objects.filter": "a correction is of the record it corrects",
    "assessments/models/evidence.py: Evidence.objects.filter": "a correction has the record of what it corrects",
    "assessments/integrity.py: Mastery.objects.filter": "mastery belongs to the canonical record",
    "assessments/mastery/actions/recomputing.py: Mastery.objects.filter": "mastery belongs to the canonical record",
    "assessments/mastery/actions/recomputing.py: _rows_with_policy().filter": "mastery belongs to the canonical record",
    "programs/awards/queries/grounds.py: Mastery.objects.filter": "mastery belongs to the canonical record",
    "programs/awards/queries/awarded_person.py: Evidence.objects.filter": "for each record of the person, one by one",
    "credentials/issuing/actions/preparing.py: Credential.objects.filter": "of one award, which has one record",
    "credentials/issuing/actions/reissuing.py: Credential.objects.prepared().filter": "of one award",
    "credentials/issuing/actions/reissuing.py: Credential.objects.signed().filter": "of one award",
    "credentials/issuing/actions/revoking.py: credentials.filter": "of one award",
    "credentials/issuing/queries/credentials.py: Credential.objects.signed().whole().filter": "of one award",
    "credentials/issuing/queries/credentials.py: Credential.objects.published().filter": "of one award",
    "credentials/issuing/queries/signing_problems.py: Credential.objects.prepared().filter": "of one award",
    "credentials/papers/actions.py: Printing.objects.filter": "a cache, by the record that the document names",
    "portal/actions/demo/papers.py: Credential.objects.prepared().filter": "of one award",
    "portal/actions/demo/replaying.py: Enrollment.objects.filter": "people of the demo have one record each",
}
# Where the account of one record is meant, and not that of the person (accounts.queries.people.account_of).
ACCOUNT_OF_RECORD = {
    "accounts/queries/people.py: learner.user": "account_of itself",
    "accounts/admin/learners.py: learner.user": "the page of a record shows its own account",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = path.relative_to(ROOT)
            if not OUTSIDE & set(place.parts):
                yield place.as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def reads_of_one_record(tree: ast.AST) -> Iterator[str]:
    """The calls that narrow rows to one record of a learner."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _names_one_record(node, node.func):
            yield ast.unparse(node.func)


def _names_one_record(call: ast.Call, function: ast.Attribute) -> bool:
    named = {keyword.arg for keyword in call.keywords if not _is_column(keyword.value)}
    return function.attr in READS and bool(ONE_RECORD & named)


def _is_column(value: ast.expr) -> bool:
    """Whether two columns are compared, as integrity checks do, and no learner is named."""
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "F"


def accounts_of_one_record(tree: ast.AST) -> Iterator[str]:
    """Reads of the account that one record of a learner has: `learner.user`, `award.learner.user`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "user":
            of = ast.unparse(node.value)
            if of == "learner" or of.endswith(".learner"):
                yield ast.unparse(node)


def test_rows_of_a_learner_are_read_through_the_link() -> None:
    found = {f"{place}: {call}" for place, tree in sources() for call in reads_of_one_record(tree)}

    # Use `.of(learner)`, or the records of a locked learner; else say here why one record is meant.
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set()


def test_the_account_of_a_learner_is_read_through_the_link() -> None:
    found = {f"{place}: {read}" for place, tree in sources() for read in accounts_of_one_record(tree)}

    assert found == set(ACCOUNT_OF_RECORD)


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("Award.objects.filter(learner=ada)", ["Award.objects.filter"]),
        ("rows.exclude(state='x').get(learner_id=7)", ["rows.exclude(state='x').get"]),
        ("Award.objects.of(ada).filter(state='granted')", []),
        ("Award.objects.filter(learner__in=person.records)", []),
        ("Award.objects.create(learner=ada)", []),
        ("Judgement.objects.exclude(learner=F('submission__learner'))", []),
    ],
)
def test_the_contract_sees_such_reads(source: str, reads: list[str]) -> None:
    assert list(reads_of_one_record(ast.parse(source))) == reads


def searchable() -> list[DeskAdmin]:
    """The desk pages of records, and of rows about a learner, that can be searched."""
    pages = [page for page in admin.site._registry.values() if isinstance(page, DeskAdmin)]
    return [page for page in pages if page.search_fields and _about_learners(page.model)]


def _about_learners(model: Any) -> bool:
    fields = model._meta.get_fields()
    return model is Learner or any(isinstance(field, ForeignKey) and field.related_model is Learner for field in fields)


@pytest.mark.django_db
@pytest.mark.parametrize("page", searchable(), ids=str)
def test_each_list_about_learners_is_searched_by_person(page: DeskAdmin, rf: RequestFactory) -> None:
    # Identifiers are searched by what they are, and the record stands beside each.
    rows, _duplicates = page.get_search_results(rf.get("/"), page.model._default_manager.all(), "100002")

    by_person = re.search(r'COALESCE\((\w+)\."same_as_id", \1\."id"\) IN', str(rows.query))
    assert by_person or page.model.__name__ == "LearnerIdentifier"
