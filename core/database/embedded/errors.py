"""What can go wrong with the embedded server, in words for whoever started a command."""

import psycopg


class EmbeddedServerError(psycopg.OperationalError):
    """The embedded server cannot serve.

    An operational error, so that whatever copes with an unreachable database copes with this one too.
    """
