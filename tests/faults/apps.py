"""The app of the workers that tests kill; only they install it."""

import os

from django.apps import AppConfig


class FaultsConfig(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        folder = os.environ.get("CAIRN_FAULTS_POINTS")
        if folder:
            from tests.faults.failpoints import install

            install(folder)
