"""The admin site behind the desk."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """django.contrib.admin with our site; not the default config of any app."""

    default = False
    default_site = "config.base.desk.site.make_site"


def make_site() -> object:
    from unfold.sites import UnfoldAdminSite

    return UnfoldAdminSite()
