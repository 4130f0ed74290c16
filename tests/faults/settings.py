"""Settings of the workers that the tests kill: the product's, on the test's database, with shorter pauses."""

import os
from datetime import timedelta
from pathlib import Path

from config.settings.base import *  # noqa: F403 - the product's settings, but for what follows
from config.settings.base import DATABASES, INSTALLED_APPS

DATABASES["default"] = {**DATABASES.pop("owner"), "TEST": {}, "NAME": os.environ["CAIRN_FAULTS_DATABASE"]}
INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults"]
CELERY_BROKER_URL = ""
BROKER_FOLDER = Path(os.environ["CAIRN_FAULTS_FOLDER"]) / "broker"
JOBS_SWEEP_EVERY = timedelta(seconds=1)
JOBS_GRACE = timedelta(seconds=1)
JOBS_BACKOFF = timedelta(seconds=0.2)
JOBS_LEASE = timedelta(seconds=3)
