"""`python -m config.base.embedded FOLDER`: become the keeper of that folder's server."""

import sys
from pathlib import Path

from config.base.embedded.errors import EmbeddedServerError
from config.base.embedded.keeper import become_keeper
from config.base.embedded.place import Place

if __name__ == "__main__":
    try:
        sys.exit(become_keeper(Place(Path(sys.argv[1]))))
    except EmbeddedServerError as error:
        sys.exit(str(error))
