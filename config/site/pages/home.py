"""The first page, by role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.base.access import access, anyone


@access(anyone)
def home(request: HttpRequest) -> HttpResponse:
    """What Cairn is, and where to go from here."""
    return render(request, "site/home.html")
