"""The links in the header: every app adds its own in `apps.ready`, each shown to those its rule lets in."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from core.routes import address_of


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
        """The address that the link leads to."""
        return address_of(self.route)

    def leads_to(self, path: str) -> bool:
        """Whether the page at `path` is this link's, or lies below it."""
        return path == self.url or (self.url != "/" and path.startswith(self.url))


_links: dict[str, Link] = {}


def add_link(link: Link) -> None:
    """Add `link` to the header; a second link for the same route takes the place of the first."""
    _links[link.route] = link


def links_for(request: HttpRequest) -> list[Link]:
    """The links that `request`'s sender may see, in order."""
    return sorted((link for link in _links.values() if link.shown_to(request)), key=lambda link: link.place)
