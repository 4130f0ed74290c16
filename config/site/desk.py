"""What needs attention: the start page of the desk, one card for each thing that waits, fed by every app's queries."""

from typing import Any

from config.base.desk.concerns import Concern


def start_page(user: Any) -> list[Concern]:  # noqa: ANN401 - the account that is signed in
    """What this person should look at, the most pressing first; nothing when all is well."""
    return []
