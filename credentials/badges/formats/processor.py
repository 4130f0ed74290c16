"""PyLD, with each context that we sign under processed once per process.

PyLD knows a processed context by the random id of the context around it, and gives every node whose type brings a
context of its own a new id. So it works out the same dozen contexts again for each node of each document: three
quarters of the time that a signature takes.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from frozendict import frozendict
from openbadgeslib.ob3._canon_guard import PYLD_LOCK
from pyld import jsonld

from credentials.badges.formats.contexts import loader

# A badge needs 13 processed contexts, a status list 2. Reached only by documents that bring contexts of their own.
MAX_ENTRIES = 200
EXPANDED = "cairn_expanded"  # an option of ours, which PyLD hands on: the input is in expanded form already


class Processor(jsonld.JsonLdProcessor):  # type: ignore[misc]  # PyLD is untyped
    """PyLD's processor under our contexts alone; one can be used by all threads of a process.

    What it remembers:
    - Processed contexts. Key: the id of the context around it, the local context and the flags it is processed with.
    - Inverse contexts, which compacting needs. Key: the id of the context.
    - Resolved contexts, in the shape that PyLD asks for. Key: the URL, or the text of a context inside another.
    Bound: MAX_ENTRIES entries each, then it forgets all. They never become invalid: the loader has only files that
    have their SHA-256, and PyLD copies a processed context before it adds to it.

    A lock is held through each public call, since PyLD is not written for threads; another thread would wait for the
    interpreter's own lock anyway. Whatever raises, a time limit between two statements included, leaves it empty.
    """

    def __init__(self) -> None:
        super().__init__()
        self._load = loader()
        self._lock = threading.RLock()
        self._forget()

    def expand(self, input_: Any, options: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - any JSON
        """The expanded form of a document, read under our contexts whatever loader `options` name."""
        if options and EXPANDED in options:  # PyLD asks on the way from `quads_of_expanded` to the canonical form
            return input_
        with self._alone() as ours:
            return super().expand(input_, {**(options or {}), **ours})

    def compact(self, input_: Any, ctx: Any, options: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        """The compacted form under the context `ctx` of a document that `expand` has expanded."""
        with self._alone() as ours:
            return super().compact(input_, ctx, {**(options or {}), "skipExpansion": True, **ours})

    def quads(self, document: Mapping[str, Any]) -> str:
        """The canonical N-Quads (RDFC-1.0, by its older name) of a document; raises jsonld.JsonLdError."""
        return self.quads_of_expanded(self.expand(dict(document)))

    def quads_of_expanded(self, expanded: Sequence[Any]) -> str:
        """The canonical N-Quads of a document in the form that `expand` returned; raises jsonld.JsonLdError."""
        with self._alone() as ours:
            options = {"algorithm": "URDNA2015", "format": "application/n-quads", EXPANDED: True, **ours}
            return str(super().normalize(expanded, options))

    @contextmanager
    def _alone(self) -> Iterator[dict[str, Any]]:
        with self._lock:
            try:
                yield {"documentLoader": self._load, "contextResolver": self._resolver}
            except BaseException:
                self._forget()
                raise
            if max(map(len, (self._processed, self._inverse, self._resolved))) > MAX_ENTRIES:
                self._forget()

    def _forget(self) -> None:
        # The local context is kept with what it came to: the key holds the address of it, which must not be reused.
        self._processed: dict[Any, tuple[Any, Any]] = {}
        self._inverse: dict[str, Any] = {}
        self._resolved: dict[str, Any] = {}
        self._resolver = jsonld.ContextResolver(self._resolved, self._load)

    # --- where PyLD works a context out -------------------------------------------------------------------------

    def _process_context(self, active_ctx: Any, local_ctx: Any, options: Any, **flags: Any) -> Any:  # noqa: ANN401
        def computed() -> Any:  # noqa: ANN401
            return super(Processor, self)._process_context(active_ctx, local_ctx, options, **flags)

        # A context that is still being put together is no frozendict, and `cycles` says the same.
        if "cycles" in flags or not isinstance(active_ctx, frozendict):
            return computed()
        key = (active_ctx["_uuid"], _named(local_ctx), options.get("base", ""), *sorted(flags.items()))
        return _remembered(self._processed, key, lambda: (computed(), local_ctx))[0]

    def _get_inverse_context(self, active_ctx: Any) -> Any:  # noqa: ANN401
        def computed() -> Any:  # noqa: ANN401
            # PyLD keeps a copy for the whole process as well, in a cache that the library guards with this lock.
            with PYLD_LOCK:
                return super(Processor, self)._get_inverse_context(active_ctx)

        return _remembered(self._inverse, active_ctx["_uuid"], computed)


def _remembered(known: dict[Any, Any], key: Any, work: Callable[[], Any]) -> Any:  # noqa: ANN401
    if key not in known:
        known[key] = work()
    return known[key]


def _named(local_ctx: Any) -> object:  # noqa: ANN401
    """A local context as part of a key: URLs by their text, objects by their address."""
    if isinstance(local_ctx, list):
        return tuple(map(_named, local_ctx))
    return local_ctx if isinstance(local_ctx, str) else id(local_ctx)
