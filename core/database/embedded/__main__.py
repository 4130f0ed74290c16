"""`python -m core.database.embedded FOLDER`: become the keeper of that folder's server."""

import sys
from pathlib import Path

from core.database.embedded.errors import EmbeddedServerError
from core.database.embedded.keeper import become_keeper
from core.database.embedded.place import Place

if __name__ == "__main__":
    try:
        sys.exit(become_keeper(Place(Path(sys.argv[1]))))
    except EmbeddedServerError as error:
        sys.exit(str(error))
