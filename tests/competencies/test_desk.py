"""The admin pages of frameworks: upload, check, confirm, publish, revise, scales, and access."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from competencies import tasks
from competencies.actions import confirm_import
from competencies.errors import ImportStateError
from competencies.formats import json_source
from competencies.models import Association, CaseImport, Competency, Framework, ImportState, ProficiencyScale
from core.jobs.models import Job
from tests.competencies.conftest import Take
from tests.competencies.packages import edge, encoded, fixture, item, package, small
from tests.recipes import LONG_AGO, make_staff, signed_in_client

pytestmark = pytest.mark.django_db
UPLOAD = "admin:competencies_caseimport_upload"


@pytest.fixture
def designer(db: None) -> Client:
    return signed_in_client(make_staff(Role.CURRICULUM_DESIGNER))


def send(client: Client, content: bytes, *, name: str = "bread.json", **fields: Any) -> CaseImport:
    client.post(reverse(UPLOAD), {"file": SimpleUploadedFile(name, content), **fields})
    row: CaseImport = CaseImport.objects.get()
    return row


def work(row: CaseImport) -> CaseImport:
    """Do what was promised, as a worker does it."""
    for job in Job.objects.filter(name__startswith="competencies.").order_by("pk"):
        {"competencies.check_case_file": tasks.check_case_file}.get(job.name, tasks.import_case_file)(*job.args)
    row.refresh_from_db()
    return row


def page_of(row: CaseImport) -> str:
    return reverse("admin:competencies_caseimport_change", args=[row.pk])


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_file_is_checked_first_and_taken_in_when_a_person_says_so(designer: Client) -> None:
    row = send(designer, encoded(fixture()), publish="on")
    assert (row.state, Job.objects.get().name) == ("received", "competencies.check_case_file")

    row = work(row)
    assert (row.state, Framework.objects.count()) == ("checked", 0)
    html = shown(designer, page_of(row))
    assert "Nothing has been changed yet" in html
    assert '<th scope="row">CFItems</th><td>74</td><td>74</td>' in html

    designer.post(reverse("admin:competencies_caseimport_confirm", args=[row.pk]))
    row = work(row)

    assert (row.state, row.framework, row.content) == ("imported", Framework.objects.get(), None)
    assert Framework.objects.get().published
    assert row.framework is not None
    assert row.framework.get_absolute_url() in shown(designer, page_of(row))


def test_a_file_that_cannot_be_taken_in_says_why_and_how_to_mend_it(designer: Client) -> None:
    tree = small()
    del tree["CFItems"][0]["identifier"]
    row = work(send(designer, encoded(tree)))

    html = shown(designer, page_of(row))

    assert (row.state, row.content, Framework.objects.count()) == ("refused", None, 0)
    for words in ("/CFItems/0", "“identifier” is missing or empty.", "Add it:", "missing"):
        assert words in html


def test_a_repeated_identifier_is_shown_before_a_person_decides(designer: Client) -> None:
    tree = small()
    tree["CFItems"].append(item("later", "<b>Another</b>", identifier=tree["CFItems"][0]["identifier"]))
    row = work(send(designer, encoded(tree)))

    html = shown(designer, page_of(row))

    assert (row.state, Framework.objects.count()) == ("checked", 0)
    assert "Left out, because the identifier stands in the file before" in html
    assert "later &lt;b&gt;Another&lt;/b&gt;" in html
    assert "at /CFItems/3. The object at /CFItems/0 is kept." in html
    designer.post(reverse("admin:competencies_caseimport_confirm", args=[row.pk]))
    assert work(row).state == "imported"
    assert Competency.objects.filter(code="later").count() == 0


def test_an_older_file_is_called_older_before_a_person_decides(take: Take, designer: Client) -> None:
    take(small())
    tree = small()
    tree["CFDocument"]["lastChangeDateTime"] = "2020-01-01T00:00:00Z"

    html = shown(designer, page_of(work(send(designer, encoded(tree)))))

    assert "This file is older than what is here: it was last changed 2020-01-01T00:00:00Z" in html


def test_hostile_files_are_shown_harmlessly(designer: Client) -> None:
    tree = small()
    tree["CFDocument"]["title"] = "<script>alert(1)</script>"
    tree["<script>alert(2)</script>"] = 1
    tree["CFItems"][0]["notes"] = ["<script>alert(3)</script>"]
    row = work(send(designer, encoded(tree), name="<script>.json"))

    assert "<script>alert" not in shown(designer, page_of(row))
    work(CaseImport.objects.get())


def test_while_a_file_is_checked_the_page_asks_again_by_itself_and_by_a_link(designer: Client) -> None:
    row = send(designer, encoded(small()))

    html = shown(designer, page_of(row))

    assert 'hx-trigger="every 1s"' in html
    assert "Look again" in html
    assert "hx-trigger" not in shown(designer, page_of(work(row)))


def test_giving_up_changes_nothing(designer: Client) -> None:
    row = work(send(designer, encoded(small())))

    designer.post(reverse("admin:competencies_caseimport_give_up", args=[row.pk]))

    row.refresh_from_db()
    assert (row.state, row.content, Framework.objects.count()) == ("cancelled", None, 0)


def test_confirming_twice_is_refused(designer: Client) -> None:
    row = work(send(designer, encoded(small())))
    confirm_import(row, at=LONG_AGO)

    with pytest.raises(ImportStateError):
        confirm_import(row, at=LONG_AGO)


def test_jobs_bear_a_repeat(designer: Client) -> None:
    row = work(send(designer, encoded(small())))
    tasks.check_case_file(row.pk)
    designer.post(reverse("admin:competencies_caseimport_confirm", args=[row.pk]))
    row = work(row)
    before = dict(row.report)

    row = work(work(row))

    assert (row.state, row.report, Framework.objects.count()) == ("imported", before, 1)


def test_a_job_that_died_in_the_middle_is_taken_up_again(designer: Client) -> None:
    row = send(designer, encoded(small()))
    CaseImport.objects.filter(pk=row.pk).update(state=ImportState.CHECKING)

    assert work(row).state == "checked"


def test_a_file_that_is_too_large_is_refused_at_once(designer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("competencies.admin.imports.MAX_BYTES", 10)

    response = designer.post(reverse(UPLOAD), {"file": SimpleUploadedFile("x.json", b"x" * 11)})

    assert (response.status_code, CaseImport.objects.count()) == (422, 0)
    assert json_source.MAX_BYTES > 10


def test_publishing_and_withdrawing_are_verbs(take: Take, designer: Client) -> None:
    take(small())
    row = Framework.objects.get()

    designer.post(reverse("admin:competencies_framework_publish", args=[row.pk]), {"why": "Decided by the board."})
    row.refresh_from_db()
    assert row.published

    designer.post(reverse("admin:competencies_framework_withdraw", args=[row.pk]), {"why": "Too early."})
    row.refresh_from_db()
    assert not row.published


def test_a_framework_has_a_history_with_reasons(take: Take, designer: Client) -> None:
    take(small())
    row = Framework.objects.get()

    designer.post(reverse("admin:competencies_framework_publish", args=[row.pk]), {"why": "Decided by the board."})

    assert "Decided by the board." in shown(designer, reverse("admin:competencies_framework_history", args=[row.pk]))


def test_revising_is_a_verb(knead: Competency, designer: Client) -> None:
    address = reverse("admin:competencies_competency_revise", args=[knead.pk])
    assert "Kneads until it *shines*." in shown(designer, address)

    designer.post(address, {"statement": "Kneads.", "criteria": "Ten loaves.", "scale": "", "why": "Shorter."})

    revision = knead.revisions.get()
    assert (revision.statement, revision.criteria, revision.reason) == ("Kneads.", "Ten loaves.", "Shorter.")


def test_revising_to_the_same_is_said(knead: Competency, designer: Client) -> None:
    response = designer.post(
        reverse("admin:competencies_competency_revise", args=[knead.pk]),
        {"statement": "Kneads until it *shines*.", "criteria": "", "scale": "", "why": "None."},
    )

    assert "That is what it says already." in response.content.decode()


def test_a_scale_is_written_line_by_line(designer: Client) -> None:
    designer.post(
        reverse("admin:competencies_proficiencyscale_add"),
        {"title": "Ladder", "description": "", "levels": "Low: a start\n\nHigh: alone: always", "why": "New."},
    )

    levels = ProficiencyScale.objects.get().levels.order_by("rank")
    assert list(levels.values_list("rank", "title", "description")) == [
        (1, "Low", "a start"),
        (2, "High", "alone: always"),
    ]


def test_a_free_scale_can_be_rewritten(designer: Client) -> None:
    add = reverse("admin:competencies_proficiencyscale_add")
    designer.post(add, {"title": "Ladder", "levels": "Low\nHigh", "why": "New."})
    scale = ProficiencyScale.objects.get()
    change = reverse("admin:competencies_proficiencyscale_change", args=[scale.pk])
    assert "Low\nHigh" in shown(designer, change)

    designer.post(change, {"title": "Steps", "levels": "Low\nMiddle\nHigh", "why": "Finer."})

    scale.refresh_from_db()
    assert (scale.title, scale.levels.count()) == ("Steps", 3)


@pytest.mark.parametrize("levels", ["One", "Same\nsame", ": no title\nHigh"])
def test_a_scale_without_two_levels_is_refused_in_words(designer: Client, levels: str) -> None:
    response = designer.post(
        reverse("admin:competencies_proficiencyscale_add"), {"title": "Ladder", "levels": levels, "why": "New."}
    )

    assert "A scale needs at least two levels" in response.content.decode()
    assert not ProficiencyScale.objects.exists()


def test_a_replacement_is_decided_by_a_verb(take: Take, designer: Client) -> None:
    take(package(item("old"), item("new"), edges=[edge("replacedBy", "old", "new"), edge("precedes", "old", "new")]))
    row = Association.objects.get(kind="replacedBy")
    listed = shown(designer, reverse("admin:competencies_association_changelist"))
    assert "not decided" in listed

    designer.post(
        reverse("admin:competencies_association_decide", args=[row.pk]), {"equivalence": "partly", "why": "By content."}
    )

    row.refresh_from_db()
    assert row.equivalence == "partly"


LISTS = ["framework", "competency", "association", "proficiencyscale", "caseimport"]


@pytest.mark.parametrize("model", LISTS)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.REGISTRAR, 200),
        (Role.CURRICULUM_DESIGNER, 200),
        (Role.INSPECTOR, 200),
        (Role.ASSESSOR, 200),
        (Role.PARTNER_ADMINISTRATOR, 403),
    ],
)
def test_lists_are_read_by_those_who_work_with_frameworks(
    bread: Framework, model: str, role: Role, status: int
) -> None:
    client = signed_in_client(make_staff(role))

    assert client.get(reverse(f"admin:competencies_{model}_changelist")).status_code == status


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.ASSESSOR, Role.ADVISOR, Role.PARTNER_ADMINISTRATOR])
def test_nobody_else_writes(knead: Competency, role: Role) -> None:
    client = signed_in_client(make_staff(role))
    framework = knead.framework
    places: dict[str, Callable[[], str]] = {
        "upload": lambda: reverse(UPLOAD),
        "revise": lambda: reverse("admin:competencies_competency_revise", args=[knead.pk]),
        "withdraw": lambda: reverse("admin:competencies_framework_withdraw", args=[framework.pk]),
        "scale": lambda: reverse("admin:competencies_proficiencyscale_add"),
    }

    answers = {name: client.post(place(), {"why": "x", "statement": "x"}).status_code for name, place in places.items()}

    assert set(answers.values()) == {403}
    framework.refresh_from_db()
    assert (framework.published, CaseImport.objects.count(), ProficiencyScale.objects.count()) == (True, 0, 0)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("model", LISTS)
def test_lists_cost_the_same_however_long(
    take: Take, designer: Client, model: str, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        tree = package(
            item("old"),
            item("new"),
            edges=[edge("replacedBy", "old", "new")],
            document={"identifier": str(number), "title": str(number)},
        )
        take(tree)
    address = reverse(f"admin:competencies_{model}_changelist")
    designer.get(address)

    with django_assert_max_num_queries(12):
        designer.get(address)
