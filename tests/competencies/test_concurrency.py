"""Concurrent writers: imports of one document queue, and no cycle arises between two writers."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts.models import Role
from competencies.actions import confirm_import, import_package, mark_used, receive_upload, revise_competency
from competencies.errors import PackageRefusedError
from competencies.models import Association, Competency, CompetencyRevision, Framework
from core.jobs import Lane
from core.jobs.models import Job
from core.jobs.worker import drain
from tests.competencies.packages import edge, encoded, guid, item, package, small
from tests.recipes import LONG_AGO, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment, each in its own thread and connection; what each returned or raised."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[place] = work()
        except (PackageRefusedError, IntegrityError) as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_eight_first_imports_of_one_document_make_one_framework() -> None:
    content = encoded(small())

    reports = together(*[lambda: import_package(content, at=LONG_AGO)] * 8)

    assert sorted(report.changed for report in reports) == [False] * 7 + [True]
    assert (Framework.objects.count(), Competency.objects.count(), Association.objects.count()) == (1, 3, 4)


def test_two_states_of_one_document_never_mix() -> None:
    import_package(encoded(small()), at=LONG_AGO)
    states = []
    for word in ("slowly", "quickly"):
        tree = small()
        for each in tree["CFItems"]:
            each["fullStatement"] = f"Works {word}."
        states.append(encoded(tree))

    together(*[lambda content=content: import_package(content, at=LONG_AGO) for content in states * 2])

    assert CompetencyRevision.objects.current().values_list("statement", flat=True).distinct().count() == 1


def test_two_halves_of_a_circle_from_two_packages_do_not_both_get_in() -> None:
    halves = [
        package(
            item(ours),
            edges=[edge("precedes", ours, theirs)],
            document={"identifier": guid(f"document {ours}"), "title": ours},
        )
        for ours, theirs in (("a", "b"), ("b", "a"))
    ]

    results = together(*[lambda tree=tree: import_package(encoded(tree), at=LONG_AGO) for tree in halves])

    assert [type(result).__name__ for result in results].count("PackageRefusedError") == 1
    assert Association.objects.listed().count() == 1


def test_two_halves_of_a_circle_written_past_the_actions_do_not_both_get_in() -> None:
    import_package(encoded(package(item("a"), item("b"))), at=LONG_AGO)
    framework = Framework.objects.get()
    a, b = Competency.objects.get(code="a"), Competency.objects.get(code="b")

    def write(origin: Competency, destination: Competency) -> Association:
        row: Association = Association.objects.create(
            framework=framework,
            source_identifier=f"{origin} {destination}",
            kind="precedes",
            origin=origin,
            destination=destination,
            origin_link={},
            destination_link={},
        )
        return row

    results = together(lambda: write(a, b), lambda: write(b, a))

    assert [type(result).__name__ for result in results].count("IntegrityError") == 1


def test_a_revision_marked_while_it_is_revised_is_either_corrected_before_or_kept() -> None:
    import_package(encoded(small()), at=LONG_AGO)
    knead = Competency.objects.get(code="knead")
    revision = knead.revisions.get()

    together(
        lambda: mark_used([revision], at=LONG_AGO),
        lambda: revise_competency(knead, statement="Other.", criteria="", scale=None, reason="", at=LONG_AGO),
    )

    revision.refresh_from_db()
    current = knead.revisions.current().get()
    assert current.statement == "Other."
    assert (current.number == 1) == (revision.statement == "Other.")
    assert revision.in_use


def test_a_worker_checks_an_upload_and_takes_it_in() -> None:
    designer = make_staff(Role.CURRICULUM_DESIGNER)
    row = receive_upload(encoded(small()), file_name="bread.json", publish=True, by=designer, at=LONG_AGO)
    drain(Lane.NOW)
    row.refresh_from_db()
    assert (row.state, Framework.objects.count()) == ("checked", 0)

    confirm_import(row, at=LONG_AGO)
    drain(Lane.BULK)

    row.refresh_from_db()
    assert (row.state, Framework.objects.get().published) == ("imported", True)
    assert not Job.objects.exclude(state="done").exists()
