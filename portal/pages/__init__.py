"""Pages that belong to no single app."""

from portal.pages.health import livez, readyz
from portal.pages.home import home

__all__ = ["home", "livez", "readyz"]
