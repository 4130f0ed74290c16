"""What pages before signing in must know about this installation."""

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.rules.browsers import named

register = template.Library()


@register.simple_tag
def signup_is_open() -> bool:
    """Whether strangers may make an account."""
    return bool(settings.CAIRN_OPEN_SIGNUP)


@register.filter
def browser(user_agent: str) -> str:
    """A user agent in words: Firefox on Linux."""
    name, system = named(user_agent)
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or _("unknown browser")
