"""A backend that knows its server's address at once and starts the server only when someone connects."""

from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db.backends.postgresql import base
from django.utils.functional import cached_property
from psycopg import Connection, OperationalError

from core.database import embedded
from core.database.embedded.place import PORT


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects through the private socket below `CAIRN_VAR`; `check`, `makemessages` and the like start nothing."""

    _seen: ClassVar[set[Path]] = set()

    @cached_property
    def folder(self) -> Path:
        """The folder of the embedded server."""
        return Path(settings.CAIRN_VAR) / "pg"

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with the address of the embedded server."""
        return {**super().get_connection_params(), "host": embedded.Place(self.folder).host, "port": PORT}

    def get_new_connection(self, conn_params: dict[str, Any]) -> "Connection[Any]":
        """Start the embedded server where it does not run, and connect."""
        # Asking for the server costs a connection of its own: once per process, and again when it seems to be gone.
        if self.folder in self._seen:
            try:
                return self._connect(conn_params)
            except OperationalError:
                pass
        host = embedded.ensure(self.folder)
        self._seen.add(self.folder)
        return self._connect({**conn_params, "host": host})

    def _connect(self, conn_params: dict[str, Any]) -> "Connection[Any]":
        connection: Connection[Any] = super().get_new_connection(conn_params)
        return connection
