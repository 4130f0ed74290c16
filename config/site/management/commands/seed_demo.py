"""`manage.py seed_demo`: the demo's institution, people and framework, and the file with their sign-ins."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from config.base.clock import now
from config.base.operator import OperatorCommand, Outcome
from config.site.actions.demo import PEOPLE, seed_framework, seed_people


class Command(OperatorCommand):
    help = "Make the demo's institution and people; making them twice changes nothing."

    def operate(self, **_options: Any) -> Outcome:  # noqa: ANN401 - argparse hands options untyped
        if not settings.CAIRN_DEMO:
            raise CommandError("seed_demo belongs to the demo: it makes accounts with known roles. Use `make demo`.")
        file = settings.CAIRN_VAR / "demo" / "sign-ins.json"
        passwords = _passwords(file)
        made = seed_people(passwords, at=now())
        _write(file, passwords)
        self.say(f"{made} accounts made, {len(PEOPLE) - made} were there already.")
        report = seed_framework(at=now())
        self.say(f"Framework “{report.title}”: {'taken in' if report.changed else 'nothing new'}.")
        return Outcome({"made": made, "people": len(PEOPLE), "framework": report.as_json()})


def _passwords(file: Path) -> dict[str, str]:
    """The passwords made at the first start, and new ones for people who came since."""
    kept = {row["email"]: row["password"] for row in json.loads(file.read_text())} if file.exists() else {}
    return {person.email: kept.get(person.email) or secrets.token_urlsafe(12) for person in PEOPLE}


def _write(file: Path, passwords: dict[str, str]) -> None:
    """Replace the file whole, readable by its owner only."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = [
        {"role": person.title, "name": person.name, "email": person.email, "password": passwords[person.email]}
        for person in PEOPLE
    ]
    beside = file.with_suffix(".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        json.dump(rows, written, ensure_ascii=False, indent=2)
    beside.replace(file)
