"""The routes of the interface itself: its icon, and its language."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.i18n import set_language as keep_language

from core.access import access, anyone


@access(anyone)
def favicon(_request: HttpRequest) -> HttpResponse:
    """Browsers ask for /favicon.ico whatever a page says; they get the one that pages name."""
    return redirect(static("ui/favicon.svg"))


@access(anyone)
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language chosen in the footer in a cookie and go back to where it was chosen."""
    return keep_language(request)
