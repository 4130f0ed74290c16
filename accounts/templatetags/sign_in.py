"""Template tags for the pages of sign-in and sessions."""

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.rules.browsers import browser_and_system

register = template.Library()


@register.simple_tag
def signup_is_open() -> bool:
    """Whether anybody may create an account."""
    return bool(settings.CAIRN_OPEN_SIGNUP)


@register.filter
def browser(user_agent: str) -> str:
    """A readable user agent, such as "Firefox on Linux"."""
    name, system = browser_and_system(user_agent)
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or _("unknown browser")
