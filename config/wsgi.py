"""The WSGI application; it refuses to start where the system checks find errors."""

import gc
import os

# Imports make 250,000 objects that stay. Each pass of the garbage collector over them frees nothing and takes time:
# without it the import takes a fifth less. `freeze` then keeps them out of the passes during requests, too.
gc.disable()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after the collector is off

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
application = get_wsgi_application()

from config.starting import refuse_if_half_configured  # noqa: E402 - after the apps are loaded

refuse_if_half_configured()

gc.freeze()
gc.enable()
