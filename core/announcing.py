"""News that an app tells those above it: typed, inside the transaction, and whoever listens can refuse it."""

from collections.abc import Callable
from typing import Generic, TypeVar

News = TypeVar("News")


class Announcement(Generic[News]):
    """One kind of news. Listeners are connected in `apps.ready` and called in that order; their errors propagate."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.listeners: list[Callable[[News], object]] = []

    def connect(self, listener: Callable[[News], object]) -> None:
        """Call `listener` with all news from now on; connecting it again changes nothing."""
        if listener not in self.listeners:
            self.listeners.append(listener)

    def disconnect(self, listener: Callable[[News], object]) -> None:
        """Call `listener` no longer."""
        self.listeners.remove(listener)

    def send(self, news: News) -> None:
        """Tell every listener, in the transaction of what the news is about."""
        for listener in self.listeners:
            listener(news)
