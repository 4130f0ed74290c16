"""Points of issuing at which a worker kills its own process group: wrapped around the product, in tests only.

A point is armed by a file of its name and fires once.
"""

import os
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

AFTER_PREPARE, BEFORE_COMMIT = "after_prepare", "before_commit"
AFTER_SIGN, BEFORE_NOTIFY = "after_sign", "before_notify"
POINTS = (AFTER_PREPARE, BEFORE_COMMIT, AFTER_SIGN, BEFORE_NOTIFY)


def install(folder: str) -> None:
    """Wrap what issuing calls; the tasks look each function up when they run."""
    from django.db import transaction

    from credentials.issuing.actions import preparing, signing
    from credentials.issuing.pages import mails

    def fire(point: str) -> None:
        armed = Path(folder, point)
        if armed.exists():
            armed.unlink()
            os.killpg(os.getpgrp(), signal.SIGKILL)

    def then(function: Callable[..., Any], act: Callable[[], None]) -> Callable[..., Any]:
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            answer = function(*args, **kwargs)
            act()
            return answer

        return wrapped

    def first(function: Callable[..., Any], act: Callable[[], None]) -> Callable[..., Any]:
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            act()
            return function(*args, **kwargs)

        return wrapped

    def once_committed(point: str) -> Callable[[], None]:
        return lambda: transaction.on_commit(lambda: fire(point))

    preparing.issue_award = then(preparing.issue_award, once_committed(AFTER_PREPARE))
    signed = then(signing.sign_prepared, lambda: fire(BEFORE_COMMIT))
    signing.sign_prepared = then(signed, once_committed(AFTER_SIGN))
    mails.issued_mail = first(mails.issued_mail, lambda: fire(BEFORE_NOTIFY))
