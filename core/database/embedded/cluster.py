"""The making of a new cluster: initdb, the roles, the empty database; complete or not there at all."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from core.database.embedded.errors import EmbeddedServerError
from core.database.embedded.place import Place

# Built-in collation: the same order on every machine, with no locale of the system's. It sorts by code point.
_INITDB = [
    "--username=postgres",
    "--auth-local=trust",  # the socket's folder is closed to others, and there is no TCP
    "--auth-host=reject",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
]

# The superuser makes the cluster and is not used again; `cairn` owns and migrates (and makes test databases);
# `cairn_app` serves and owns nothing.
_ROLES = """\
CREATE ROLE cairn LOGIN CREATEDB;
CREATE ROLE cairn_app LOGIN;
CREATE DATABASE cairn OWNER cairn;
"""


def make_cluster(place: Place) -> None:
    """Make the data folder beside its place and move it there, so that a half-made one is never taken for whole."""
    for abandoned in place.folder.glob("making-*"):
        shutil.rmtree(abandoned)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=place.folder))
    place.account.adopt(making)
    _run([*place.program("initdb"), f"--pgdata={making}", *_INITDB])
    # Single-user mode: no socket, nobody else can be connected while the roles are made. A line is a statement.
    single = ["--single", "-c", "exit_on_error=on", "-D", str(making), "postgres"]
    _run([*place.program("postgres"), *single], _ROLES)
    making.rename(place.data)


def _run(command: list[str], sql: str | None = None) -> None:
    ended = subprocess.run(  # noqa: S603 - our own arguments
        command,
        input=sql,
        capture_output=True,
        text=True,
        env=environment(),
        cwd="/",
        check=False,
    )
    if ended.returncode != 0:
        raise EmbeddedServerError(f"The database could not be made:\n{ended.stdout}{ended.stderr}".strip())


def environment() -> dict[str, str]:
    """Return our environment without what would change PostgreSQL's behaviour from machine to machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
