"""The admin site behind the desk: it takes the place of the one that Django would make."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """django.contrib.admin with our site; not the default config of any app."""

    default = False
    default_site = "core.desk.site.make_site"


def make_site() -> object:
    """The one desk; made when the admin is first used, because apps must be ready for it."""
    from core.desk.admin_site import DeskSite

    return DeskSite()
