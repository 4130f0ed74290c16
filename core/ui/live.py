"""Pages that show news by themselves: an open page asks every few seconds whether what it shows still holds.

    page = live_page(request, state)  # whatever tells two states of the page apart
    if page.unchanged:
        return nothing_new()

The page itself answers: to whoever has seen all there is with 204, else as a whole, of which htmx takes `#live`, and
`#live-said` for those who hear the page. Without script it is read anew by hand.
"""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from core.text.canonical import Json, digest

SEEN = "seen"
DIGITS = 16  # of a digest; enough to tell the states of one page apart


@dataclass(frozen=True, slots=True)
class Live:
    """A page at `path` in the state that `stamp` names; `seen` is the state that the asking page shows, if one asks."""

    path: str
    stamp: str
    seen: str

    @property
    def unchanged(self) -> bool:
        """Whether the page that is open shows this state already."""
        return self.seen == self.stamp

    @property
    def news(self) -> bool:
        """Whether an open page asks, and shows something older."""
        return bool(self.seen) and not self.unchanged


def live_page(request: HttpRequest, state: Json) -> Live:
    """The page that `request` asks for, in this state and language."""
    stamp = digest([get_language(), state]).removeprefix("c1:")[:DIGITS]
    return Live(request.path, stamp, request.GET.get(SEEN, ""))


def nothing_new() -> HttpResponse:
    """Leaves an open page as it is."""
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
