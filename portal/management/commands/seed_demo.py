"""`manage.py seed_demo`: the demo's institution, people and framework, their year, and the file with their sign-ins."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from core.clock import now
from core.jobs import Lane
from core.jobs.worker import drain
from core.operator import CommandResult, OperatorCommand
from portal.actions.demo import (
    STAFF,
    SignIn,
    accounts_made_as,
    content,
    give_passwords,
    seed_catalog,
    seed_framework,
    seed_issuer,
    seed_learner,
    seed_papers,
    seed_partner,
    seed_staff,
    sign_ins,
)


class Command(OperatorCommand):
    help = "Make the demo's school and let its year happen. A run after a kill goes on; one after that changes nothing."

    def operate(self, **_options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Each step finds what is done and does what is missing."""
        if not settings.CAIRN_DEMO:
            raise CommandError("seed_demo belongs to the demo: it makes accounts with known roles. Use `make demo`.")
        at = now()
        file, people = settings.CAIRN_VAR / "demo" / "sign-ins.json", sign_ins()
        kept = _kept(file)
        # Written down before they are needed: a run that is killed in between leaves nobody with a lost password.
        passwords = {row.email: kept.get(row.email) or secrets.token_urlsafe(12) for row in people}
        # Under the address of today: people may have given their account another one.
        today = {email: user.email for email, user in accounts_made_as(passwords).items()}
        _write(file, [_printed(row, today.get(row.email, row.email), passwords[row.email]) for row in people])
        days = seed_staff(at=at)
        seed_issuer(at=at)
        report = seed_framework(at=at)
        self.say(f"Framework “{report.title}”: {'taken in' if report.changed else 'nothing new'}.")
        catalog = seed_catalog(accounts_made_as([STAFF[0].email])[STAFF[0].email], days=days)
        learners = content.learners()[: settings.CAIRN_DEMO_LEARNERS]
        made = sum(seed_learner(person, catalog=catalog, days=days) for person in learners)
        self.say(f"{made} learners made, {len(learners) - made} were there already.")
        told = sum(seed_papers(person, at=now()) for person in learners)
        self.say(f"Of {told} learners papers were signed, and what became of them was told.")
        if made:  # what the first visitor brings about shall not wait for the papers of a whole year
            done = drain(Lane.NOW)
            self.say(f"{done.total()} promised jobs done: the papers of the year are signed.")
        key = settings.CAIRN_VAR / "demo" / "partner-key"
        _write_key(key, seed_partner(_kept_key(key), at=at))
        give_passwords(passwords, fresh=passwords.keys() - kept.keys())
        return CommandResult({"made": made, "learners": len(learners), "framework": report.as_json()})


def _kept(file: Path) -> dict[str, str]:
    """The passwords of earlier starts, by the address with which the account was made."""
    rows = json.loads(file.read_text()) if file.exists() else []
    return {row.get("made_as", row["email"]): row["password"] for row in rows}


def _printed(row: SignIn, email: str, password: str) -> dict[str, str]:
    moved = {"made_as": row.email} if email != row.email else {}
    return {**asdict(row), "email": email, "password": password, **moved}


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    _replace(file, json.dumps(rows, ensure_ascii=False, indent=2))


def _kept_key(file: Path) -> dict[str, str]:
    """The partner's client id and secret of an earlier start."""
    lines = file.read_text().splitlines() if file.exists() else []
    return {name: value for name, _equals, value in (line.partition("=") for line in lines)}


def _write_key(file: Path, key: Mapping[str, str]) -> None:
    """As lines that a shell can read: docs/partners.md begins with them."""
    _replace(file, "".join(f"{name}={value}\n" for name, value in key.items()))


def _replace(file: Path, text: str) -> None:
    """Replace the file whole, readable by its owner only."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.write(text)
    beside.replace(file)
