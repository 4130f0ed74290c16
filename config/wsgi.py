"""The WSGI application; it refuses to start where the system checks find errors."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
application = get_wsgi_application()

from config.starting import refuse_if_half_configured  # noqa: E402 - after the apps are loaded

refuse_if_half_configured()
