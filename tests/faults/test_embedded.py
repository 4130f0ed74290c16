"""The embedded server survives whatever is killed, believes no stale file, opens nobody's folder and leaves nothing."""

import os
import pwd
import random
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from core.database.embedded.place import Place
from tests.faults.programs import ROOT, Server, wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")


@pytest.fixture
def home() -> Iterator[Path]:
    """A closed folder outside pytest's own, whose long path would leave no room for a socket."""
    with tempfile.TemporaryDirectory(prefix="cairn-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as the first start makes it, to begin with: initdb is most of a start."""
    with tempfile.TemporaryDirectory(prefix="cairn-test-") as folder:
        server = Server(Place(Path(folder) / "pg"))
        server.user()
        server.end()
        return _copied(server.place.data, tmp_path_factory.mktemp("made"))


def _copied(data: Path, folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    subprocess.run(["cp", "--archive", str(data), str(folder)], check=True)
    return folder / "data"


@pytest.fixture
def empty(home: Path) -> Iterator[Server]:
    """A server whose folder is still to be made."""
    server = Server(Place(home / "var" / "pg"))
    yield server
    server.end()


@pytest.fixture
def server(empty: Server, made: Path) -> Server:
    """A server that was used before."""
    _copied(made, empty.place.folder)
    return empty


def remember(server: Server, number: int) -> None:
    with server.connect() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS memory (number int)")
        connection.execute("INSERT INTO memory VALUES (%s)", [number])


def remembered(server: Server) -> list[int]:
    with server.connect() as connection:
        return [int(str(row[0])) for row in connection.execute("SELECT number FROM memory ORDER BY number")]


def test_reading_the_settings_starts_nothing(home: Path) -> None:
    script = "import django; django.setup(); from django.db import connection; connection.get_connection_params()"
    environment = {**os.environ, "CAIRN_VAR": str(home / "var"), "DJANGO_SETTINGS_MODULE": "config.settings.base"}
    environment.pop("DATABASE_URL", None)

    subprocess.run([sys.executable, "-c", script], env=environment, cwd=ROOT, check=True)

    assert not (home / "var" / "pg").exists()


def test_the_first_user_starts_the_server_and_the_last_one_takes_it_along(server: Server) -> None:
    first, second = server.user(), server.user()
    assert len(server.postmasters()) == 1

    first.kill()
    first.wait()
    remember(server, 1)
    second.kill()

    wait_until(server.stopped, within=5)


def test_eight_users_at_once_make_and_share_one_server(empty: Server) -> None:
    users = [empty.begin_user() for _ in range(8)]

    for user in users:
        empty.await_service(user)

    assert len(empty.keepers()) == 1
    assert len(empty.postmasters()) == 1


@pytest.mark.parametrize("victims", ["keeper", "postmaster", "both", "user", "all"])
def test_what_was_committed_survives_a_kill(server: Server, victims: str) -> None:
    user = server.user()
    remember(server, 1)
    doomed = {
        "keeper": server.keepers(),
        "postmaster": server.postmasters(),
        "both": [*server.keepers(), *server.postmasters()],
        "user": [psutil.Process(user.pid)],
        "all": [psutil.Process(user.pid), *server.keepers(), *server.postmasters()],
    }[victims]

    for process in doomed:
        process.kill()
    server.user()

    remember(server, 2)
    assert remembered(server) == [1, 2]
    assert len(server.postmasters()) == 1


@pytest.mark.long
def test_a_storm_of_kills_loses_nothing_and_leaves_one_server(server: Server) -> None:
    dice = random.Random(20)  # noqa: S311 - the same storm on every run
    for number in range(20):
        server.user()
        remember(server, number)
        for process in [*server.keepers(), *server.postmasters(), *(psutil.Process(user.pid) for user in server.users)]:
            if dice.random() < 0.5 and process.is_running():
                process.kill()

    server.user()

    assert remembered(server) == list(range(20))
    assert len(server.postmasters()) == 1


def test_a_pid_file_that_names_a_living_stranger_is_not_believed(server: Server) -> None:
    server.user()
    server.end()
    server.place.pid_file.write_text(f"{os.getpid()}\n{server.place.data}\n")
    Path(server.place.host, ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")

    server.user()

    remember(server, 1)
    assert remembered(server) == [1]


def test_a_cluster_that_was_half_made_is_made_again(empty: Server) -> None:
    half = empty.place.folder / "making-half" / "base"
    half.mkdir(parents=True)

    empty.user()

    assert not half.parent.exists()
    remember(empty, 1)


def test_removing_the_data_while_it_is_used_gives_a_new_server(server: Server) -> None:
    server.user()
    remember(server, 1)
    shutil.rmtree(server.place.folder)

    server.user()

    with pytest.raises(psycopg.errors.UndefinedTable):
        remembered(server)
    wait_until(lambda: len(server.postmasters()) == 1)


def test_moving_the_folder_while_it_is_used_keeps_the_data(server: Server) -> None:
    server.user()
    remember(server, 1)
    new = server.place.folder.rename(server.place.folder.with_name("moved"))
    wait_until(server.stopped)
    server.place = Place(new)

    server.user()

    assert remembered(server) == [1]


@pytest.mark.parametrize(
    "name", ["a blank and a %", 'quote"', "comma,", "x" * 100], ids=["blank", "quote", "comma", "long"]
)
def test_any_path_will_do(home: Path, made: Path, name: str) -> None:
    server = Server(Place(home / name / "pg"))
    _copied(made, server.place.folder)
    try:
        server.user()
        remember(server, 1)
        assert remembered(server) == [1]
        assert Path(server.place.host).stat().st_mode & 0o077 == 0
    finally:
        server.end()
        shutil.rmtree(server.place.host)  # of a long path it lies in the temporary folder


def test_a_stand_in_for_a_long_path_that_others_may_enter_is_refused(home: Path) -> None:
    server = Server(Place(home / ("x" * 100) / "pg"))
    stand_in = Path(server.place.host)
    stand_in.mkdir(mode=0o755)
    try:
        user = server.begin_user()
        _, complaint = user.communicate()
        assert "is not a private folder" in complaint
    finally:
        stand_in.rmdir()


def test_the_server_keeps_its_durable_defaults_and_has_no_port(server: Server) -> None:
    server.user()

    with server.connect() as connection:
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone()
            for name in ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses")
        }

    assert shown == {
        "fsync": ("on",),
        "synchronous_commit": ("on",),
        "full_page_writes": ("on",),
        "listen_addresses": ("",),
    }


def test_the_owner_makes_databases_and_the_app_role_owns_nothing(server: Server) -> None:
    server.user()

    with server.connect() as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname LIKE 'cairn%' ORDER BY 1",
        ).fetchall()
        owned = connection.execute(
            "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = 'cairn'",
        ).fetchall()

    assert roles == [("cairn", False, True, False), ("cairn_app", False, False, False)]
    assert owned == [("cairn",)]
    with server.connect("cairn_app") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine ()")


def test_the_server_dies_with_a_killed_keeper(server: Server) -> None:
    server.user()

    for keeper in server.keepers():
        keeper.kill()

    wait_until(server.stopped, within=5)


@as_root
def test_root_opens_no_folder_and_runs_the_server_as_somebody_else(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    parents = [closed, *closed.parents, ROOT, Path.home()]
    before = {folder: folder.stat() for folder in parents}
    server = Server(Place(closed / "var" / "pg"))
    try:
        server.user()
        remember(server, 1)
        assert [postmaster.uids().effective for postmaster in server.postmasters()] == [server.place.account.uid]
        assert server.place.account.uid != 0
    finally:
        server.end()

    assert {folder: (facts.st_mode, facts.st_uid) for folder, facts in before.items()} == {
        folder: (folder.stat().st_mode, folder.stat().st_uid) for folder in parents
    }
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_root_of_a_container_with_fewer_capabilities_runs_it_too(home: Path, made: Path) -> None:
    few = "-all,+chown,+dac_override,+fowner,+kill,+setgid,+setuid,+setpcap"
    server = Server(Place(home / "pg"), prefix=("setpriv", "--inh-caps=-all", f"--bounding-set={few}"))
    _copied(made, server.place.folder)
    try:
        server.user()
        remember(server, 1)
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
    finally:
        server.end()


@as_root
def test_root_leaves_an_ordinary_owner_their_data(home: Path) -> None:
    home.chmod(0o711)
    owner = pwd.getpwnam("daemon").pw_uid
    folder = home / "pg"
    folder.mkdir(mode=0o700)
    os.chown(folder, owner, owner)
    server = Server(Place(folder))
    try:
        server.user()
        assert [postmaster.uids().effective for postmaster in server.postmasters()] == [owner]
        assert server.place.data.stat().st_uid == owner
    finally:
        server.end()
