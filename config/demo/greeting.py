"""What the terminal shows once the demo is open: the address and who can sign in."""

import json
from pathlib import Path

from config.demo.house import House


def greeting(house: House) -> str:
    """Return the address, the sign-ins that `manage.py seed_demo` wrote, and how to stop."""
    lines = ["", f"Cairn is open at {house.address}/", ""]
    people = _sign_ins(house.own / "sign-ins.json")
    if people:
        wide = {key: max(len(person[key]) for person in people) for key in ("role", "email")}
        lines += ["Sign in as:"]
        # Without names: some are long, some run from right to left, and the address says who it is.
        lines += [
            f"  {person['role']:{wide['role']}}  {person['email']:{wide['email']}}  {person['password']}  "
            f"{person.get('about', '')}".rstrip()
            for person in people
        ]
        lines += ["", f"The registrar's desk is at {house.address}/admin/"]
    key = house.own / "partner-key"
    if key.exists():
        lines += ["", f"Partner key (docs/partners.md says how to use it), kept in {key}:"]
        lines += [f"  {line}" for line in key.read_text().splitlines()]
        lines += [""]
    lines += [f"Data is kept in {house.var}; logs are in {house.logs}. Ctrl-C stops everything.", ""]
    return "\n".join(lines)


def _sign_ins(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        return []
    people: list[dict[str, str]] = json.loads(file.read_text())
    return people
