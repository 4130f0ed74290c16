"""What a server does before its first request: the checks that Django runs for commands only."""

from django.core.checks import ERROR, run_checks
from django.core.exceptions import ImproperlyConfigured


def refuse_if_half_configured() -> None:
    """Raise ImproperlyConfigured with every error of config/checks.py, in plain words."""
    errors = [found for found in run_checks(tags=["cairn"]) if found.level >= ERROR]
    if errors:
        lines = [f"{found.msg} {found.hint} ({found.id})" for found in errors]
        raise ImproperlyConfigured("Cairn does not start:\n" + "\n".join(lines))
