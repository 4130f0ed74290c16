"""PostgreSQL for demo and tests: binaries from a wheel, started on the first connection, stopped when nobody is left.

Every process that uses the server holds a shared lock for life, which the kernel drops however the process ends. A
*keeper* owns the server, tries for that lock exclusively, and stops the server once it gets it. There is no list of
process ids to go stale and nothing to clean up at exit.
"""

from core.database.embedded.errors import EmbeddedServerError
from core.database.embedded.place import Place
from core.database.embedded.server import ensure, kept, leave

__all__ = ["EmbeddedServerError", "Place", "ensure", "kept", "leave"]
