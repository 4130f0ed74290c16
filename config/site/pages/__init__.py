"""Pages that belong to no single app."""

from config.site.pages.health import livez, readyz
from config.site.pages.home import home

__all__ = ["home", "livez", "readyz"]
