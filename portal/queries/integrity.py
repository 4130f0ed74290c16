"""The whole, checked: what every app says is wrong with its rows, and every guard that is missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import module_has_submodule

from core.database.guards import guard_gaps


@dataclass(frozen=True, slots=True)
class IntegrityProblem:
    """One thing that is wrong, and whose it is; the sentence names rows by their ids only."""

    app: str
    sentence: str


def checked_apps() -> list[str]:
    """The apps that check themselves, in the order of the layers."""
    configs = [config for config in apps.get_app_configs() if config.module is not None]
    return [config.name for config in configs if config.module and module_has_submodule(config.module, "integrity")]


def problems_of(app: str) -> Iterator[IntegrityProblem]:
    """What is wrong with the rows of one app."""
    for sentence in import_module(f"{app}.integrity").problems():
        yield IntegrityProblem(app, sentence)


def problems_and_notes_of(app: str) -> tuple[list[IntegrityProblem], list[str]]:
    """What is wrong with the rows of one app, and what it names without calling it wrong; both from one walk.

    What is named waits for a person, or a person has decided it so.
    """
    findings: Callable[[], Iterator[tuple[str, bool]]] | None
    findings = getattr(import_module(f"{app}.integrity"), "findings", None)
    if findings is None:
        return list(problems_of(app)), []
    found = list(findings())
    wrong = [IntegrityProblem(app, sentence) for sentence, wrong in found if wrong]
    return wrong, [sentence for sentence, wrong in found if not wrong]


def missing_guards() -> Iterator[IntegrityProblem]:
    """What is missing on append-only tables. Where the owner serves, as in tests, privileges are not looked at."""
    owner = settings.DATABASES.get("owner", {}).get("USER", settings.CAIRN_APP_ROLE)
    role = settings.CAIRN_APP_ROLE if owner != settings.CAIRN_APP_ROLE else None
    for gap in guard_gaps(app_role=role):
        yield IntegrityProblem("guards", f"{gap}.")
