"""An endless upload ends on our disk at the cap, and is told to be too large."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import RequestFactory
from pytest_django import Settings

from core.files import FileRefusedError, keep, uploading

MEGABYTE = 1024 * 1024


def test_what_lies_beyond_the_cap_is_never_written(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_LARGEST_MB = 1
    monkeypatch.setattr(uploading, "LEAST_MB", 1)
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.txt", b"a" * (4 * MEGABYTE))})

    file = request.FILES["file"]

    assert isinstance(file, TemporaryUploadedFile)
    assert file.size == 4 * MEGABYTE
    assert Path(file.temporary_file_path()).stat().st_size <= 1.1 * MEGABYTE
    with pytest.raises(FileRefusedError) as refused:
        keep(file)
    assert refused.value.code == "too_large"
    file.close()
