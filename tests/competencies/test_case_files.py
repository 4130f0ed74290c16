"""CASE files as others write them: taken in completely, or refused with their reasons.

`make verify-external` does the same with every published file that we could find.
"""

import pytest

from competencies.errors import PackageRefusedError
from competencies.formats.case import package_in
from competencies.models import Competency, Framework
from tests.competencies.package_files import FILES, stub
from tests.competencies.packages import encoded
from tests.competencies.taking_in import (
    assert_a_second_import_changes_nothing,
    assert_all_live_beside_each_other,
    assert_taken_in_completely,
    listed,
    take,
)

pytestmark = pytest.mark.django_db

each_file = pytest.mark.parametrize("name", FILES)


@each_file
def test_a_file_is_taken_in_completely(name: str) -> None:
    assert_taken_in_completely(FILES[name])


@each_file
def test_a_second_import_changes_nothing(name: str) -> None:
    assert_a_second_import_changes_nothing(FILES[name])


def test_all_files_live_beside_each_other_though_two_claim_one_identifier() -> None:
    assert_all_live_beside_each_other(list(FILES.values()))

    claimed = list(Framework.objects.values_list("source_identifier", flat=True))
    assert len(claimed) - len(set(claimed)) == 1
    assert Competency.objects.count() == sum(listed(content)["CFItems"] for content in FILES.values())


def test_all_files_live_beside_each_other_in_any_order() -> None:
    assert_all_live_beside_each_other(list(FILES.values())[::-1])


def test_a_repeat_is_counted() -> None:
    repeats = {name: [each.kind for each in package_in(content).repeats] for name, content in FILES.items()}

    assert {name: found for name, found in repeats.items() if found} == {"repeat": ["CFAssociations"]}


def test_a_broken_stub_is_refused_with_every_reason() -> None:
    with pytest.raises(PackageRefusedError) as refusal:
        take(encoded(stub()))

    assert [(fault.code, fault.where) for fault in refusal.value.faults] == [
        ("missing", "/CFItems/0"),
        ("identifier_twice", "/CFItems/3"),
        ("identifier_twice", "/CFItems/4"),
    ]
    assert all(fault.line == 1 and fault.column for fault in refusal.value.faults)
    assert not Framework.objects.exists()


def test_a_table_is_no_package() -> None:
    table = 'Identifier,Full Statement,Human Coding Scheme\n1,"Kneads, until it shines",B.1\n'

    with pytest.raises(PackageRefusedError) as refusal:
        package_in(table.encode())

    assert [fault.code for fault in refusal.value.faults] == ["not_json"]
