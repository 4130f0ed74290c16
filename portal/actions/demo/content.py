"""Reads what the demo tells (content/*.toml): rubrics, assessments, programs, people."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "content"


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricRow:
    """How one competency is judged, and two comments on work for it."""

    asks: str
    levels: tuple[str, ...]
    praise: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTask:
    """One assessment. Of its texts the last is weak where there are three."""

    code: str
    title: str
    kind: str
    competencies: tuple[str, ...]
    instructions: str
    texts: tuple[str, ...]
    judges: int = 1
    link: str = ""
    attach: str = ""
    evening: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """A learner and how far they are; see content/people.toml."""

    name: str
    program: str
    stage: str
    begun: int
    ended: int = 0
    share: int = 100
    sort_as: str = ""
    email: str = ""
    language: str = ""
    sign_in: str = ""
    registrar: str = ""
    papers: str = ""
    renamed: str = ""
    also: tuple[str, ...] = ()
    recognition: Mapping[str, Any] = field(default_factory=dict)
    evening: bool = False
    advised: bool = False

    @property
    def handle(self) -> str:
        """The local part of their e-mail."""
        return self.email or self.name.lower().replace(" ", ".")


@cache
def rubric_rows() -> dict[str, RubricRow]:
    """By the code of the competency."""
    return {code: RubricRow(**_frozen(row)) for code, row in _read("rubrics").items()}


@cache
def tasks() -> dict[str, DemoTask]:
    """By code."""
    return {code: DemoTask(code=code, **_frozen(row)) for code, row in _read("assessments").items()}


@cache
def programs() -> dict[str, Any]:
    """`policies` by name and `programs` in the order in which they are made, as written."""
    return _read("programs")


@cache
def learners() -> tuple[DemoPerson, ...]:
    """Everybody, in order."""
    return tuple(DemoPerson(**_frozen(row)) for row in _read("people")["learners"])


@cache
def places() -> tuple[str, ...]:
    """Where the texts of learners play."""
    return tuple(_read("people")["places"])


@cache
def persons() -> tuple[str, ...]:
    """Of whom the texts of learners tell."""
    return tuple(_read("people")["persons"])


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
