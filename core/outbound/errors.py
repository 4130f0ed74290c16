"""Why something was not fetched."""

from enum import Enum


class Why(Enum):
    """The reason, as far as a caller can act on it."""

    ADDRESS = "the address is none that is fetched: https, a name, the standard port, nothing private"
    UNREACHABLE = "nobody answered there"
    REFUSED = "the answer was none: a redirect, an error, or nothing in clear"
    TOO_LARGE = "the answer was too large"
    TOO_SLOW = "the answer took too long"


class NotFetchedError(Exception):
    """Nothing was fetched; `why` is the reason, without the address."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)
