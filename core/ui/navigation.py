"""The links in the header: every app adds its own in `apps.ready`, each shown to those its rule lets in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Link:
    """A place in the header; `place` orders the links, `shown_to` is an access rule as in core.access.

    With `explains`, one sentence, it is a card of the first page too; `tells` gives that card a number set large and
    a note to it, or None when there is nothing to tell.
    """

    label: str | Promise
    route: str
    shown_to: Callable[[HttpRequest], bool]
    place: int = 50
    explains: str | Promise = ""
    icon: str = "arrow"
    tells: Callable[[HttpRequest], tuple[int, str] | None] | None = None

    @property
    def url(self) -> str:
        return _url_of(self.route, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())

    def leads_to(self, path: str) -> bool:
        """Whether the page at `path` is this link's, or lies below it."""
        return path == self.url or (self.url != "/" and path.startswith(self.url))


@lru_cache(maxsize=128)
def _url_of(route: str, urlconf: str, _prefix: str) -> str:
    """`reverse`, once for each route: a page asks for every link of its header several times.

    The prefix is a part of the key because `reverse` puts it before the path; routes do not change while we run.
    """
    return reverse(route, urlconf)


_links: dict[str, Link] = {}


def add_link(link: Link) -> None:
    """Add `link` to the header; a second link for the same route takes the place of the first."""
    _links[link.route] = link


def links_for(request: HttpRequest) -> list[Link]:
    """The links that `request`'s sender may see, in order."""
    return sorted((link for link in _links.values() if link.shown_to(request)), key=lambda link: link.place)
