"""The learner's own pages: begin, write, attach, hand in, take back, read what was said, and nobody else's rows."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Learner, Organization, Role, User
from assessments.models import Artifact, Assessment, Submission
from assessments.work.actions.files import add_file
from assessments.work.actions.judging import return_submission
from assessments.work.actions.submissions import start_submission
from assessments.work.pages.submission_labels import REFUSALS
from competencies.models import Competency
from tests.assessments.places import MONDAY, TUESDAY
from tests.assessments.work import hand_in, judge, new_assessment
from tests.core.files.hostile import hostile_uploads
from tests.core.files.makers import pdf, picture
from tests.recipes import learner as learner_recipe
from tests.recipes import make_staff, make_user, signed_in_client

WORK = "/coursework/"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def me(school: Organization) -> Learner:
    row: Learner = learner_recipe.make(user=make_user())
    return row


@pytest.fixture
def mine(me: Learner) -> Client:
    assert me.user is not None
    return signed_in_client(me.user)


@pytest.fixture
def stranger(school: Organization) -> Client:
    user = make_user()
    learner_recipe.make(user=user)
    return signed_in_client(user)


@pytest.fixture
def loaf(school: Organization, knead: Competency) -> Assessment:
    return new_assessment(knead, organization=school, instructions="Bake one loaf.", attempts_allowed=2)


@pytest.fixture
def draft(me: Learner, loaf: Assessment) -> Submission:
    return start_submission(me, assessment=loaf, at=MONDAY)


def page_of(submission: Submission, act: str = "") -> str:
    return f"{WORK}{submission.public_id}/{f'{act}/' if act else ''}"


def body(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def status_of(client: Client, path: str) -> int:
    response = client.get(path)
    response.getvalue()  # reads to the end, which closes the file
    return int(response.status_code)


def sent(client: Client, submission: Submission, act: str = "save", **fields: Any) -> Any:
    return client.post(page_of(submission, "write"), {"act": act, **fields}, follow=True)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_work_is_begun_written_and_handed_in(mine: Client, me: Learner, loaf: Assessment) -> None:
    assert "Bake a loaf" in body(mine, WORK)

    mine.post(f"{WORK}begin/{loaf.public_id}/")
    work = Submission.objects.get()
    assert "Bake one loaf." in body(mine, page_of(work))
    page = sent(mine, work, "hand_in", text="A loaf.", performed_on="2026-02-03").content.decode()

    work.refresh_from_db()
    assert (work.state, work.body.content, str(work.performed_on)) == ("submitted", "A loaf.", "2026-02-03")
    assert "Waiting for assessment" in page
    assert "<textarea" not in page


def test_text_is_saved_while_it_is_written(mine: Client, draft: Submission) -> None:
    response = mine.post(page_of(draft, "words"), {"text": "Half a s"}, headers={"HX-Request": "true"})

    draft.body.refresh_from_db()
    assert draft.body.content == "Half a s"
    assert "Saved at" in response.content.decode()


def test_a_file_and_a_link_are_added_shown_and_removed(mine: Client, draft: Submission, folder: Path) -> None:
    page = sent(
        mine, draft, text="See", link="https://example.org/loaf", link_name="My film", file=upload("a.pdf", pdf())
    ).content.decode()

    assert "a.pdf" in page
    assert "https://example.org/loaf" in page
    assert 'href="https://example.org' not in page
    artifact = Artifact.objects.get(kind="file")
    assert artifact.media_type == "application/pdf"
    page = sent(mine, draft, text="See it", remove=artifact.public_id).content.decode()
    assert "Remove a.pdf?" in page
    assert Artifact.objects.filter(kind="file").exists()
    page = sent(mine, draft, remove=artifact.public_id, sure="1").content.decode()
    assert "a.pdf" not in page
    assert "See it" in page


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_removed_leaves_the_disk(mine: Client, draft: Submission, folder: Path) -> None:
    sent(mine, draft, file=upload("a.pdf", pdf()))
    assert len(kept(folder)) == 1

    sent(mine, draft, remove=Artifact.objects.get().public_id, sure="1")

    assert kept(folder) == []


def test_a_file_is_handed_out_to_its_learner_only_while_it_is_written(
    mine: Client, stranger: Client, draft: Submission, assessor: User
) -> None:
    file = add_file(draft, upload=upload("a.png", picture("PNG")))
    path = f"{WORK}files/{file.public_id}/"
    judging = signed_in_client(assessor)

    response = mine.get(path)
    assert response["Content-Disposition"] == 'attachment; filename="a.png"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert int(response["Content-Length"]) == len(response.getvalue()) == file.size
    assert [status_of(client, path) for client in (stranger, judging)] == [404, 404]
    sent(mine, draft, "hand_in")
    assert [status_of(client, path) for client in (stranger, judging)] == [404, 200]


def test_a_file_that_is_gone_is_not_found(mine: Client, draft: Submission, folder: Path) -> None:
    file = add_file(draft, upload=upload("a.pdf", pdf()))
    kept(folder)[0].unlink()

    assert mine.get(f"{WORK}files/{file.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"link": "javascript:alert(1)"}, "This is no address of a page on the web."),
        ({"act": "hand_in"}, "There is nothing to hand in yet."),
        ({"act": "hand_in", "text": "x", "performed_on": "2999-01-01"}, "This date lies in the future"),
        ({"file": upload("a.svg", b"<svg/>")}, "which computers run as a program"),
        ({"file": upload("a.txt", b"")}, "This file is empty."),
    ],
)
def test_what_is_refused_is_said_and_the_text_stays(
    mine: Client, draft: Submission, fields: dict[str, Any], words: str
) -> None:
    response = mine.post(page_of(draft, "write"), {"act": "save", "text": "x" if "file" in fields else "", **fields})

    draft.refresh_from_db()
    assert words in response.content.decode()
    assert draft.state == "draft"
    assert draft.body.content == ("x" if "file" in fields else fields.get("text", ""))


def test_a_link_that_was_added_is_not_added_again(mine: Client, draft: Submission) -> None:
    link = {"link": "https://example.org/", "link_name": "Film", "text": "x"}

    page = sent(mine, draft, **link, file=upload("a.zip", b"PK\x05\x06" + b"\x00" * 18)).content.decode()

    assert "archive" in page
    assert 'value="https://example.org/"' not in page
    assert Artifact.objects.count() == 1


def test_every_refusal_of_the_actions_is_in_words() -> None:
    assert all(words().strip().endswith((".", "?")) for _field, words in REFUSALS.values())


def test_files_are_limited_in_number_and_together(mine: Client, draft: Submission, settings: Settings) -> None:
    settings.FILES_PER_WORK = 1
    sent(mine, draft, text="x", file=upload("a.txt", b"one"))

    assert "can have 1 file." in sent(mine, draft, text="x", file=upload("b.txt", b"two")).content.decode()
    settings.FILES_PER_WORK, settings.FILES_PER_LEARNER_MB = 9, 0
    assert "does not fit any more" in sent(mine, draft, text="x", file=upload("c.txt", b"x")).content.decode()
    assert Artifact.objects.count() == 1


def test_refused_files_leave_nothing_on_disk(mine: Client, draft: Submission, settings: Settings, folder: Path) -> None:
    settings.FILES_PER_WORK = 0

    sent(mine, draft, text="x", file=upload("a.txt", b"one"))

    assert kept(folder) == []


def test_work_is_taken_back(mine: Client, me: Learner, draft: Submission) -> None:
    page = mine.post(page_of(draft, "withdraw"), follow=True).content.decode()

    draft.refresh_from_db()
    assert draft.state == "withdrawn"
    assert "Withdrawn" in page


def test_returned_work_shows_what_to_revise_and_is_written_again(
    mine: Client, me: Learner, loaf: Assessment, assessor: User
) -> None:
    work = hand_in(me, loaf)
    return_submission(work, by=assessor, comments="Let it rise longer.", at=TUESDAY)

    page = body(mine, page_of(work))

    assert "Let it rise longer." in page
    assert "Returned: revise it" in page
    assert "<textarea" in page


def test_judged_work_shows_feedback_and_standing_tells_why(
    mine: Client, me: Learner, loaf: Assessment, assessor: User
) -> None:
    work = hand_in(me, loaf)
    judge(work, 3, by=assessor, at=TUESDAY, comments={"": "Well risen."})

    page = body(mine, page_of(work))
    standing = body(mine, f"{WORK}evidence/")

    assert "Well risen." in page
    assert "Mastered since" in standing
    assert assessor.display_name in standing


def test_nobody_else_sees_or_changes_it(stranger: Client, draft: Submission, loaf: Assessment) -> None:
    staff = signed_in_client(make_staff(Role.REGISTRAR))

    for client in (stranger, staff):
        assert client.get(page_of(draft)).status_code == 404
        assert [client.post(page_of(draft, act)).status_code for act in ("words", "write", "withdraw")] == [404] * 3
    assert "Bake a loaf" in body(stranger, WORK)  # it is open to all; the draft is not theirs
    assert str(draft.public_id) not in body(stranger, WORK)


def test_what_learners_write_is_shown_as_text(mine: Client, me: Learner, loaf: Assessment) -> None:
    work = hand_in(me, loaf, text="<script>alert(1)</script>")

    assert "&lt;script&gt;" in body(mine, page_of(work))
    assert "<script>alert" not in body(mine, page_of(work))


def test_no_attempt_is_offered_beyond_those_allowed(
    mine: Client, me: Learner, loaf: Assessment, assessor: User
) -> None:
    for turn in range(2):
        work = hand_in(me, loaf, at=MONDAY + timedelta(hours=turn))
        judge(work, 2, by=assessor, at=TUESDAY + timedelta(hours=turn))

    assert f"{WORK}begin/" not in body(mine, WORK)
    page = mine.post(f"{WORK}begin/{loaf.public_id}/", follow=True).content.decode()
    assert "You have used all attempts." in page


def test_an_account_without_a_record_is_told_so(school: Organization) -> None:
    client = signed_in_client(make_user())

    assert "No learner's record belongs" in body(client, WORK)
    assert "Nothing was assessed yet" in body(client, f"{WORK}evidence/")


@pytest.mark.parametrize("path", [WORK, f"{WORK}evidence/"])
def test_lists_ask_as_much_for_three_as_for_one(
    path: str, mine: Client, me: Learner, knead: Competency, bake: Competency, school: Organization, assessor: User
) -> None:
    def queries() -> int:
        mine.get(path)
        with CaptureQueriesContext(connection) as captured:
            mine.get(path)
        return len(captured)

    def more(title: str, competency: Competency) -> None:
        judge(hand_in(me, new_assessment(competency, organization=school, title=title)), 3, by=assessor, at=TUESDAY)
        start_submission(me, assessment=new_assessment(competency, organization=school, title=f"{title} again"))
        new_assessment(competency, organization=school, title=f"{title} offered")

    more("One", knead)
    at_one = queries()
    more("Two", bake)
    more("Three", bake)

    assert queries() == at_one


def test_hostile_uploads_are_refused_on_the_page_and_nothing_is_kept(
    mine: Client, draft: Submission, folder: Path, settings: Settings
) -> None:
    """Over the wire; names are left to test_hostile, because Django mends them before any view sees them."""
    settings.FILES_LARGEST_MB = 2
    hostile = [each for each in hostile_uploads() if each.name.isascii() and each.name.isprintable()]
    by_content = [each for each in hostile if "name" not in each.family and each.content]

    answers = {
        each.label: sent(mine, draft, text="x", file=upload(each.name.replace("/", "_") or "x", each.content))
        for each in by_content[::5]
    }

    assert {label for label, answer in answers.items() if answer.status_code != 200} == set()
    assert {label for label, answer in answers.items() if b"field-error" not in answer.content} == set()
    assert (kept(folder), Artifact.objects.count()) == ([], 0)
