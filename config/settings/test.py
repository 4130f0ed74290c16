"""Settings of the test suite: one role that owns the test database, quick password hashes, mail kept in memory."""

from config.settings.base import *  # noqa: F403 - narrowing the product's settings is this module's purpose
from config.settings.base import DATABASES, INSTALLED_APPS, STORAGES

# The owner makes the test database; the app role's privileges are tested with SET ROLE.
DATABASES["default"] = {**DATABASES.pop("owner"), "TEST": {}}
SECRET_KEY = "for-tests-only"  # noqa: S105 - guards nothing
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
# Two branches that each add a migration meet as a conflict in max_migration.txt, not as two leaves on a server.
INSTALLED_APPS = [*INSTALLED_APPS, "django_linear_migrations"]
FIRST_PARTY_APPS = [
    "core",
    "core.jobs",
    "accounts",
    "competencies",
    "assessments",
    "programs",
    "credentials",
    "portal",
]
CAIRN_ORIGIN = "https://cairn.example"
CAIRN_KEY_SECRET = ["for-tests-only: seals the keys of nobody"]
CELERY_BROKER_URL = "memory://localhost"  # a test wakes nobody; tests/faults starts workers of its own
