"""What every test stands on."""

import os

from hypothesis import HealthCheck, settings

LONG = os.environ.get("CAIRN_TEST_LONG") == "1"

# Deadlines measure the machine, not the code: none. `derandomize` keeps `make test` the same on every run.
settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", parent=settings.get_profile("default"), derandomize=False, max_examples=1_000)
settings.load_profile("long" if LONG else "default")
