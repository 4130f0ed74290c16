"""The state of an exception on a day: one rule for every page, list and mail."""

from datetime import date
from enum import StrEnum


class ExceptionState(StrEnum):
    """Whether an exception counts on a day, and why not."""

    IN_FORCE = "in_force"
    LATER = "later"
    ENDED = "ended"
    WAITS = "waits"
    DECLINED = "declined"
    VOID = "void"
    ELSEWHERE = "elsewhere"
    WITHDRAWN = "withdrawn"


REFUSED = {"declined": ExceptionState.DECLINED, "void": ExceptionState.VOID}
"""The states of an exception without an approval, by the outcome of the newest request for it."""


def exception_state(  # noqa: PLR0913 - all that decides it, by name
    *,
    on: date,
    starts_on: date | None,
    ends_on: date | None,
    withdrawn: bool,
    unapproved: bool,
    outcome: str,
    in_version: bool = True,
) -> ExceptionState:
    """Return the state of an exception on a day; `ends_on` is the first day without it.

    `unapproved`: it needs the approval of a second registrar and has none. `outcome` is that of the newest request for
    it, empty while nobody has decided. `in_version`: the version of the enrollment has the requirement; an earlier one
    may have had it.
    """
    if withdrawn:
        return ExceptionState.WITHDRAWN
    if unapproved:
        return REFUSED.get(outcome, ExceptionState.WAITS)
    if not in_version:
        return ExceptionState.ELSEWHERE
    if ends_on is not None and ends_on <= on:
        return ExceptionState.ENDED
    if starts_on is not None and starts_on > on:
        return ExceptionState.LATER
    return ExceptionState.IN_FORCE
