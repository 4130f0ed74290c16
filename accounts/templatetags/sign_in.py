"""What pages before signing in must know about this installation."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def signup_is_open() -> bool:
    """Whether strangers may make an account."""
    return bool(settings.CAIRN_OPEN_SIGNUP)
