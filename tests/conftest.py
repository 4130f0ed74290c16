"""What every test stands on: hypothesis profiles, and guarded tables that survive cleaning."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from tests.canaries import Listener, listening
from tests.guards import keep_guards_while_flushing
from tests.templates import forget_templates, template

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"  # published standards and data of others: `make verify-external` looks there
LONG = os.environ.get("CAIRN_TEST_LONG") == "1"

# Deadlines measure the machine, not the code: none. `derandomize` keeps `make test` the same on every run.
settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", parent=settings.get_profile("default"), derandomize=False, max_examples=1_000)
settings.load_profile("long" if LONG else "default")

# Playwright's sync API runs an event loop in the test's thread; Django would refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# At import: a fixture would come too late for the first transactional test.
keep_guards_while_flushing()


def pytest_configure() -> None:
    if django_settings.configured:
        # WhiteNoise warns about a missing folder, and warnings are errors.
        Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if LONG:
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="belongs to `make test-long`"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Test databases are copies, and theirs alone wait for no disk: nothing here outlives the server's end.

    What must outlive it is tested by tests/faults, on servers with the product's settings.
    """
    connection.settings_dict["OPTIONS"] = {
        **connection.settings_dict["OPTIONS"],
        "options": "-c synchronous_commit=off",
    }
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = template()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave no template on a server that is not ours alone; the process that starts the workers ends last."""
    if not hasattr(session.config, "workerinput") and not django_settings.DATABASE_EMBEDDED:
        with session.config.stash[blocking_manager_key].unblock():
            forget_templates()


@pytest.fixture(autouse=True)
def log_lines() -> Iterator[Listener]:
    """What the test logged; it fails when that holds a name, an address or a password of the people in tests."""
    with listening() as listener:
        yield listener
        assert listener.leaks() == []
