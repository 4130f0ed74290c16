"""Every route the resolver knows, flat, with the rule that opens it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.access import Rule, rule_of

# An argument of a route whose value does not matter: nothing has this key.
NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Route:
    """One URL pattern: as written, its full name, and its view."""

    pattern: str
    name: str
    view: Callable[..., Any]

    @property
    def rule(self) -> Rule | None:
        return rule_of(self.view)

    @property
    def rule_name(self) -> str:
        return getattr(self.rule, "__name__", "none")

    def path(self, values: dict[str, str]) -> str:
        """A path that this route matches, its arguments taken from `values`, else nobody's."""
        written = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values.get(found[1], _some(found[0])), self.pattern)
        return "/" + written


def _some(argument: str) -> str:
    return "0" if argument.startswith("<int:") or "object_id" in argument else NOBODY


def routes() -> list[Route]:
    """All routes, by pattern."""
    return sorted(_below(get_resolver(), "", ""), key=lambda route: (route.pattern, route.name))


def _below(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        place = prefix + _written(pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _below(pattern, place, inner)
        else:
            yield Route(place, namespace + (pattern.name or ""), pattern.callback)


def _written(pattern: URLPattern | URLResolver) -> str:
    """The pattern as in `path()`: regular expressions of other people's URL sets lose their anchors and groups."""
    text = str(pattern.pattern)
    text = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", text)
    return text.removeprefix("^").removesuffix("$").removesuffix(r"\Z").replace("\\", "")
