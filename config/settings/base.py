"""Every setting, read from the environment once, typed, with a default that is safe in production.

A bare checkout starts as a local workbench: embedded PostgreSQL, files under var/, mails to the console.
`config/checks.py` refuses a production (CAIRN_PRODUCTION=1) that is only half configured.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from environs import Env

from config.settings.api import *  # noqa: F403 - each name is a setting

env = Env()

ROOT = Path(__file__).resolve().parents[2]

# --- where we run -----------------------------------------------------------------------------------------------

CAIRN_PRODUCTION = env.bool("CAIRN_PRODUCTION", False)
CAIRN_DEMO = env.bool("CAIRN_DEMO", False)
CAIRN_VAR = Path(env.str("CAIRN_VAR", "") or ROOT / "var").absolute()
DEBUG = env.bool("DJANGO_DEBUG", False)

# Made anew at each start when unset: sessions then end with the process, which no production can want (see checks).
SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
PUBLIC_URL = env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"
# What is printed and signed leads to CAIRN_ORIGIN, and what was before a move to the former origins: their hosts are
# answered too. A demo answers on this machine only.
_lasting = (env.str("CAIRN_ORIGIN", ""), *env.list("CAIRN_FORMER_ORIGINS", []))
_lasting_hosts = [host for each in _lasting if not CAIRN_DEMO and (host := urlsplit(each.strip()).hostname)]
ALLOWED_HOSTS: list[str] = [
    *env.list("ALLOWED_HOSTS", [_public.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]),
    *_lasting_hosts,
]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

if not SECRET_KEY:
    from django.core.management.utils import get_random_secret_key

    SECRET_KEY = get_random_secret_key()
    SECRET_KEY_IS_PASSING = True
else:
    SECRET_KEY_IS_PASSING = False

# --- what is installed ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "core",
    "core.ui",
    "core.jobs",
    "core.desk",
    "core.files",
    "accounts",
    "competencies",
    "assessments",
    "programs",
    "credentials",
    "portal",
    "config.apps.AssemblyConfig",
    "core.desk.site.DeskConfig",  # django.contrib.admin, with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_standardized_errors",
    "oauth2_provider",
    "pghistory",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "core.loopback.LoopbackMiddleware",
    "core.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.StaffFactorMiddleware",
    "core.access.AccessMiddleware",
    "core.refusals.ConstraintMiddleware",
    "core.history.HistoryMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# --- database ---------------------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", "")
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", "")
DATABASE_EMBEDDED = not DATABASE_URL

if DATABASE_EMBEDDED:
    _embedded = {"ENGINE": "core.database.postgres", "NAME": "cairn", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASES: dict[str, dict[str, Any]] = {
        "default": {**_embedded, "USER": "cairn_app"},
        "owner": {**_embedded, "USER": "cairn", "CONN_MAX_AGE": 0},
    }
else:
    DATABASES = {
        "default": env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True),
        "owner": env.dj_db_url("DATABASE_OWNER_URL", DATABASE_URL),
    }
# The owner is the same database through another role; tests must not make a second one for it.
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # an action is the transaction, not the request
# Off behind a pooler in transaction mode that does not keep prepared statements for its clients.
CAIRN_PREPARED_STATEMENTS = env.bool("CAIRN_PREPARED_STATEMENTS", True)
CAIRN_APP_ROLE: str = DATABASES["default"]["USER"]

# --- people -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# Length and a blocklist, no rules of composition: those make passwords shorter and more alike (NIST SP 800-63B).
_validation = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_validation}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.pages.blocklist.BlocklistValidator"},
    {
        "NAME": f"{_validation}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique by Lower(), which this check does not see
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.PartnerClient"
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("home")

# Closed: people are invited. Open: anybody may make an account; it sees nothing until someone links or enrols it.
CAIRN_OPEN_SIGNUP = env.bool("CAIRN_OPEN_SIGNUP", False)
# How many of its learners a demo has; unset: all. Tests of the demo itself need few.
CAIRN_DEMO_LEARNERS: int | None = env.int("CAIRN_DEMO_LEARNERS", None)
# The accounts that `make demo` makes; only they, and only under CAIRN_DEMO, do without a second factor.
CAIRN_DEMO_DOMAIN = "demo.example"
# Stands in every signed document for good: did:web, credentials, status lists. An issuer copies it with its first key.
# The demo's is one on any PORT: what it signs verifies from its own rows.
CAIRN_ORIGIN = (env.str("CAIRN_ORIGIN", "") or ("http://localhost:8000" if CAIRN_DEMO else PUBLIC_URL)).rstrip("/")
# Where people reached this installation before it moved: printed and signed links that begin so are read as ours.
_former: list[str] = env.list("CAIRN_FORMER_ORIGINS", [])
CAIRN_FORMER_ORIGINS = [each.strip().rstrip("/") for each in _former]
# Issuers elsewhere that the institution has looked at and vouches for: DIDs or https addresses, as their credentials
# name them.
_registered: list[str] = env.list("CAIRN_REGISTERED_ISSUERS", [])
CAIRN_REGISTERED_ISSUERS = [each.strip() for each in _registered]
# Seals what must be readable again: signing keys, authenticator secrets. The first seals, all open. See
# docs/operations.md.
CAIRN_KEY_SECRET: list[str] = env.list("CAIRN_KEY_SECRET", [])
# `make demo` keeps its own beside the embedded database; commands on that database read its keys with it.
_KEPT_BY_THE_DEMO = CAIRN_VAR / "demo" / "key-secret"
if not CAIRN_KEY_SECRET and DATABASE_EMBEDDED and not CAIRN_PRODUCTION and os.access(_KEPT_BY_THE_DEMO, os.R_OK):
    CAIRN_KEY_SECRET = [_KEPT_BY_THE_DEMO.read_text(encoding="utf-8")]

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.pages.forms.SignInForm",
    "signup": "accounts.pages.forms.SignupForm",
    "reset_password": "accounts.pages.forms.ForgottenPasswordForm",
}
ACCOUNT_USER_DISPLAY = "accounts.adapter.display_name"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail for having been named in a form
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=15).total_seconds())
# Never per address: a campus is one address (docs/decisions). `key` is the account, `user` who is signed in.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "25/15m/key",
    "signup": None,
    "reset_password": "5/15m/key",
    "reset_password_from_key": None,
    "confirm_email": "1/2m/key",
    "request_login_code": None,
    "reauthenticate": "25/15m/user",
    "change_password": "25/15m/user",
    "manage_email": "25/15m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)  # how many proxies of ours append to X-Forwarded-For

# Who works with other people's records shows the second factor once in a working day (NIST SP 800-63B, 4.2.3), in a
# browser that stays signed in too.
STAFF_FACTOR_LASTS = timedelta(hours=12)
MFA_ADAPTER = "accounts.adapter.FactorAdapter"
MFA_FORMS = {"add_webauthn": "accounts.pages.forms.PasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Cairn"
MFA_TOTP_TOLERANCE = 1  # clocks of phones differ by seconds; one step of 30 either way
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = {"webauthn_login": None}  # nothing to guess
# Verification is mandatory before any session exists, so a further address may wait for its own.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers call http://localhost a secure context too; checks.py refuses http in production.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# --- shared by all processes ------------------------------------------------------------------------------------

# In the database: limits on guessing count for nothing unless every process counts together (docs/decisions).
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "base_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # cookies would carry addresses in clear

# --- the desk ---------------------------------------------------------------------------------------------------

DESK_START_PAGE = "portal.pages.desk.cards_for"

# --- words, time, place -----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("ar", _("Arabic"))]
TIME_ZONE = "UTC"  # timestamps; civil dates use the zone of an organization
USE_TZ = True
FORMAT_MODULE_PATH: list[str] = []
# The zone in which a date that was typed is past or to come.
CAIRN_DATES_ZONE = "accounts.queries.time_zones.learner_time_zone"

# --- files ------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = CAIRN_VAR / "static"
MEDIA_ROOT = CAIRN_VAR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["core.files.uploading.CappedUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILES_LARGEST_MB = env.int("CAIRN_FILES_LARGEST_MB", 50)
FILES_PER_WORK = env.int("CAIRN_FILES_PER_WORK", 10)
FILES_PER_LEARNER_MB = env.int("CAIRN_FILES_PER_LEARNER_MB", 1000)

# --- jobs -------------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "")  # unset: messages are files in the next folder
BROKER_FOLDER = CAIRN_VAR / "broker"
CELERY_APP = "config.celery.app"
WORKER_PROCESSES = env.int("CAIRN_WORKER_PROCESSES", 2)
# How many processes of all workers may do bulk work at once: fewer than there are, so that one is free for people.
JOBS_BULK_AT_ONCE = env.int("CAIRN_JOBS_BULK_AT_ONCE", max(1, WORKER_PROCESSES - 1))
JOBS_SWEEP_EVERY = timedelta(seconds=5)
# Between taking a job and locking its row a worker holds no lock, for some milliseconds. Taken for dead meanwhile, it
# would lose that attempt and nothing else: its lease no longer fits.
JOBS_GRACE = timedelta(seconds=5)
JOBS_BACKOFF = timedelta(seconds=5)  # after the first failed attempt; doubles with each
JOBS_LEASE = timedelta(minutes=1)  # renewed while the handler runs; a dead worker's job waits that long
JOBS_KEEP = timedelta(days=env.int("CAIRN_JOBS_KEEP_DAYS", 14))

# --- mail -------------------------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", "")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Cairn <cairn@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if EMAIL_URL:
    _mail = env.dj_email_url("EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = CAIRN_VAR / "mail"

# --- web security -----------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    },
}

# --- API --------------------------------------------------------------------------------------------------------

# Per partner client and minute; a client over it is told when to come back.
API_REQUESTS_PER_MINUTE = env.int("CAIRN_API_REQUESTS_PER_MINUTE", 600)
API_TOKENS_PER_MINUTE = env.int("CAIRN_API_TOKENS_PER_MINUTE", 20)

# --- logs -------------------------------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOG_FORMAT = env.str("LOG_FORMAT", "json" if CAIRN_PRODUCTION else "console")
LOGGING_CONFIG = "core.logs.configure"
# What these say holds paths and addresses; RequestLogMiddleware says it with the route instead.
_silenced = ["django.request", "django.server", "django.security.csrf", "gunicorn.access"]
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.LineFormatter", "style": LOG_FORMAT}},
    "handlers": {
        "lines": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["lines"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.db.backends": {"level": "WARNING"},
        # They tell each step of drawing a paper, and quote letters of names.
        **{
            name: {"handlers": ["nowhere"], "level": "WARNING", "propagate": False}
            for name in ("weasyprint", "fontTools")
        },
        **{name: {"handlers": ["nowhere"], "propagate": False} for name in _silenced},
    },
}
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10  # one line per request, at its end
