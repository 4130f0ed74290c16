"""Files as learners make them, of every kind that is taken, are kept and come back."""

import io

import pytest
from PIL import Image

from core.files import FileRefusedError, keep, open_kept, pictures
from core.files.kinds import SUFFIXES
from tests.core.files.conftest import Upload
from tests.core.files.good import Good, good_uploads
from tests.core.files.makers import moving, photo, picture, png

GOOD = good_uploads()


def test_there_are_thirty_and_no_kind_is_left_out() -> None:
    assert len(GOOD) >= 30
    assert {each.media_type for each in GOOD} == set(SUFFIXES)


@pytest.mark.parametrize("good", GOOD, ids=lambda each: each.name.encode("ascii", "replace").decode())
def test_it_is_kept_and_comes_back(good: Good) -> None:
    stored = keep(Upload(good.name, good.content))

    with open_kept(stored.key) as file:
        back = file.read()
    assert (stored.media_type, stored.name, stored.size) == (good.media_type, good.name, len(back))
    if good.media_type.startswith("image/"):
        Image.open(io.BytesIO(back)).load()
    else:
        assert back == good.content


def kept_picture(name: str, content: bytes) -> tuple[bytes, Image.Image]:
    with open_kept(keep(Upload(name, content)).key) as file:
        back = file.read()
    return back, Image.open(io.BytesIO(back))


def test_a_photo_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    back, drawn = kept_picture("photo.jpg", photo(orientation=6))

    assert drawn.size == (40, 60)
    assert dict(drawn.getexif()) == {}
    assert b"Secret Maker" not in back


def test_words_hidden_in_a_picture_are_gone() -> None:
    import zlib

    hidden = png(
        (b"tEXt", b"Comment\x00<script>alert(1)</script>"),
        (b"IDAT", zlib.compress(b"\x00" + b"abcdef" + b"\x00" + b"ghijkl")),
    )

    back, drawn = kept_picture("a.png", hidden)

    assert b"script" not in back
    assert drawn.convert("RGB").tobytes() == b"abcdefghijkl"


def test_what_a_camera_appends_is_left_behind() -> None:
    back, _ = kept_picture("bright.jpg", photo() + photo() + b"<?php evil() ?>")

    assert back.count(b"\xff\xd8\xff") == 1
    assert b"evil" not in back


def test_a_moving_picture_still_moves() -> None:
    _, drawn = kept_picture("a.gif", moving("GIF", frames=4))

    assert getattr(drawn, "n_frames", 1) == 4


@pytest.mark.parametrize(
    ("most", "frames", "content"),
    [(1535, 300, picture("PNG")), (799, 300, moving("GIF", frames=4)), (10_000, 3, moving("WEBP", frames=4))],
)
def test_a_whole_picture_with_too_many_pixels_or_frames_is_refused(
    most: int, frames: int, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", most)
    monkeypatch.setattr(pictures, "MAX_FRAMES", frames)

    with pytest.raises(FileRefusedError) as refused:
        keep(Upload("a.png", content))
    assert refused.value.code == "too_many_pixels"


def test_a_picture_with_as_many_pixels_as_allowed_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 48 * 32)

    assert keep(Upload("a.png", picture("PNG"))).media_type == "image/png"
