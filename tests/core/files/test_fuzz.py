"""Whatever comes: it is taken in whole or refused in words, and nothing else ever happens."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.files import FileRefusedError, forget, keep, open_kept
from core.files.kinds import SUFFIXES
from core.files.names import checked_name, name_for_download
from tests.core.files.conftest import Upload, files_below
from tests.core.files.good import good_uploads

WHOLE = [good.content for good in good_uploads() if len(good.content) < 20_000]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with some bytes changed, cut out or put in."""
    content = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(content) - 1)))
        content[place : place + draw(st.integers(0, 4))] = draw(st.binary(max_size=6))
    return bytes(content)


def taken_or_refused(name: str, content: bytes, folder: Path) -> None:
    try:
        stored = keep(Upload(name, content))
    except FileRefusedError as refused:
        said = refused.words
    else:
        said = ""
        with open_kept(stored.key) as file:
            assert len(file.read()) == stored.size
        assert stored.media_type in SUFFIXES
        forget(stored.key)
    assert said == "" or said.endswith(".")
    assert files_below(folder) == []


@QUICK
@given(content=damaged())
def test_damaged_files(content: bytes, folder: Path) -> None:
    taken_or_refused("a.pdf", content, folder)


@QUICK
@given(content=st.binary(max_size=400), start=st.sampled_from([whole[:60] for whole in WHOLE]))
def test_noise_behind_a_good_beginning(content: bytes, start: bytes, folder: Path) -> None:
    taken_or_refused("a.txt", start + content, folder)


@QUICK
@given(name=st.text(max_size=300))
def test_names(name: str) -> None:
    try:
        kept = checked_name(name)
    except FileRefusedError as refused:
        kept = refused.words
    else:
        shown = name_for_download(kept, (".pdf",))
        assert shown.lower().endswith(".pdf")
        assert not set('/\\\x00\r\n"<>') & set(shown)
    assert kept
