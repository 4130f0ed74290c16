"""The institution's own framework, a CASE 1.1 package of our writing."""

from datetime import datetime
from pathlib import Path

from django.apps import apps

from competencies.actions.import_package import import_package
from competencies.rules.report import ImportReport

FRAMEWORK = "applied-data-and-digital-care.json"


def seed_framework(*, at: datetime) -> ImportReport:
    """Take the framework in and show it to the public; taking it in again changes nothing."""
    package = Path(apps.get_app_config("competencies").path) / "fixtures" / FRAMEWORK
    return import_package(package.read_bytes(), at=at, publish=True)
