"""What the programs of a demo inherit from the terminal that started it."""

from pathlib import Path

import pytest

from config.demo.house import House


def test_the_servers_of_a_demo_keep_what_they_compile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    house = House(tmp_path, 8000)
    house.own.mkdir(parents=True)

    environment = house.environment()

    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert environment["LANG"] == "de_DE.UTF-8"
