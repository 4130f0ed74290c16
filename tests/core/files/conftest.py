"""A folder of their own for the files of each test, small enough limits, and uploads without Django's manners."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import Settings


@dataclass(frozen=True)
class Upload:
    """A file as it comes over the wire: Django's own class would mend its name."""

    name: str | None
    content: bytes

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        step = chunk_size or 1000
        yield from (self.content[place : place + step] for place in range(0, len(self.content), step))


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.FILES_LARGEST_MB = 2
    return tmp_path / "files"


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
