"""Three hundred uploads that nobody should be able to leave here: each refused in plain words, nothing kept."""

from pathlib import Path

import pytest

from core.files import FileRefusedError, inspect, keep
from tests.core.files.conftest import Upload, files_below
from tests.core.files.hostile import Hostile, hostile_uploads

HOSTILE = hostile_uploads()


def test_there_are_three_hundred_and_no_two_are_the_same() -> None:
    assert len({(each.name, each.content) for each in HOSTILE}) >= 300


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda each: each.label.encode("ascii", "replace").decode())
def test_it_is_refused_in_plain_words_and_nothing_is_kept(hostile: Hostile, folder: Path) -> None:
    with pytest.raises(FileRefusedError) as refused:
        keep(Upload(hostile.name, hostile.content))

    assert refused.value.code in hostile.codes
    assert refused.value.words.count(". ") >= 1
    assert refused.value.words.endswith(".")
    assert files_below(folder) == []


def test_looking_at_a_file_keeps_nothing(folder: Path) -> None:
    assert inspect(Upload("a.txt", b"words")).media_type == "text/plain"
    assert files_below(folder) == []
