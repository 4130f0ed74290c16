"""Why the demo does not start, in words for whoever typed `make demo`."""


class DemoError(Exception):
    """The demo cannot start; the message says what to do."""
