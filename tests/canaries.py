"""Names, addresses and passwords of the people in tests: words that must never reach a log line, in any test."""

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from core.logs import LineFormatter
from tests import PACKAGES

PASSWORD = "correct horse battery staple"
SURNAME = "Zephyrine"
DOMAIN = "lakeside.example"
CANARIES = (PASSWORD, SURNAME, f"@{DOMAIN}", f"%40{DOMAIN}", "Vera Stein", "Lovelace")


class Listener(logging.Handler):
    """Hears what our handlers would write, and what our own code said before anything was masked."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(LineFormatter("json"))
        self.lines: list[str] = []
        self.own_words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
        if record.name.split(".")[0] in PACKAGES:
            self.own_words.append(str(record.msg) + str(record.args or ""))

    def forget(self) -> None:
        """Nothing was heard: for tests that leak on purpose."""
        self.lines.clear()
        self.own_words.clear()

    def leaks(self, canaries: Sequence[str] = CANARIES) -> list[str]:
        """The canaries that were heard, each with where."""
        return [
            f"{canary!r} in {heard[:300]}"
            for canary in canaries
            for heard in (*self.lines, *self.own_words)
            if canary.lower() in heard.lower()
        ]


@contextmanager
def listening() -> Iterator[Listener]:
    """Hear every record that reaches the root logger, where all handlers of ours are."""
    listener = Listener()
    logging.getLogger().addHandler(listener)
    try:
        yield listener
    finally:
        logging.getLogger().removeHandler(listener)


def handlers_beside_the_root() -> list[str]:
    """Loggers that write somewhere on their own, past our formatter; each would need its own listener."""
    found = []
    for name in sorted(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        writing = [handler for handler in logger.handlers if _writes(handler)]
        found += [name] if writing else []
    return found


def _writes(handler: logging.Handler) -> bool:
    if type(handler).__module__.startswith("_pytest"):
        return False
    return isinstance(handler, logging.StreamHandler) and not isinstance(handler.stream, io.StringIO)
