"""A file is handed out for saving: as what it is, under a name that fits, and never shown in a page of ours."""

from collections.abc import Iterator

import pytest
from django.http import FileResponse

from core.files import keep, kept_response
from tests.core.files.conftest import Upload
from tests.core.files.makers import pdf, picture

# Closing a response ends a request, and Django then looks after its connections.
pytestmark = pytest.mark.django_db

OPENED: list[FileResponse] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def served(name: str, content: bytes) -> FileResponse:
    stored = keep(Upload(name, content))
    OPENED.append(kept_response(stored.key, name=stored.name, media_type=stored.media_type))
    return OPENED[-1]


def test_it_is_a_download_of_the_right_length_that_no_browser_runs() -> None:
    response = served("plan.pdf", pdf())

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    assert int(response["Content-Length"]) == len(b"".join(response))


def test_text_says_its_encoding() -> None:
    assert served("a.md", b"words")["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("notes.md", b"words", 'filename="notes.md"'),
        ("notes", b"words", 'filename="notes.txt"'),
        ("photo.png", picture("JPEG"), 'filename="photo.png.jpg"'),
        ("page.pdf", b"words", 'filename="page.pdf.txt"'),
        ("a:b*c?.txt", b"words", 'filename="a_b_c_.txt"'),
        ('x".txt', b"words", 'filename="x_.txt"'),
        ("Übung.txt", b"words", "filename*=utf-8''%C3%9Cbung.txt"),
    ],
)
def test_the_name_fits_the_content(name: str, content: bytes, told: str) -> None:
    assert served(name, content)["Content-Disposition"] == f"attachment; {told}"
