"""`python -m config.demo`: run the demo until Ctrl-C."""

import sys

from config.demo.errors import DemoError
from config.demo.house import House, be_the_only_one, refuse_a_taken_port
from config.demo.supervisor import Supervisor
from core.database.embedded import EmbeddedServerError


def main() -> None:
    """Say plainly what hinders the demo, or run it."""
    house = House.from_environment()
    house.furnish()
    lock = be_the_only_one(house)
    refuse_a_taken_port(house.port)
    Supervisor(house, lock).run()


if __name__ == "__main__":
    try:
        main()
    except (DemoError, EmbeddedServerError) as error:
        sys.exit(f"[demo] {error}")
