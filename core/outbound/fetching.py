"""GET over https from a public address: resolved once and pinned, no redirect, 1 MiB, 5 seconds in all."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from core.outbound.addresses import PORT, host_and_path, is_public
from core.outbound.errors import NotFetchedError, Why

MOST_BYTES = 1024 * 1024
SECONDS = 5.0
PIECE = 16 * 1024

Resolve = Callable[[str], Sequence[str]]
Dial = Callable[[str, float], socket.socket]

# The system's resolver knows no deadline; a few that hang are waited for no longer, and then no more are asked.
_resolvers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")


@dataclass(frozen=True)
class Fetched:
    """What came back: the bytes, and what they are said to be."""

    content: bytes
    media_type: str


def addresses_of(host: str) -> list[str]:
    """The IP addresses of a name, as the system resolves it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)]


def dialled(address: str, seconds: float) -> socket.socket:
    """A connection to the standard port of an IP address."""
    return socket.create_connection((address, PORT), timeout=seconds)


@dataclass(frozen=True)
class Network:
    """How names are resolved, addresses dialled and certificates judged: the world's way, unless told otherwise."""

    resolve: Resolve = addresses_of
    dial: Dial = dialled
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS
    most_bytes: int = MOST_BYTES


class _Pinned(http.client.HTTPConnection):
    """Speaks over a connection to an address that was judged, whatever its name resolves to by now."""

    def __init__(self, host: str, connected: ssl.SSLSocket) -> None:
        super().__init__(host)
        self.sock = connected


def fetch(url: str, *, accept: str, network: Network | None = None) -> Fetched:
    """What `url` answers, if it answers 200 at once. Raises NotFetchedError.

    Every address that the name has must be public: one that is not says that somebody plays games.
    """
    use = network or Network()
    host, path = host_and_path(url)
    end = time.monotonic() + use.seconds
    address = _judged(host, use, end)
    try:
        raw = use.dial(address, _left(end))
    except TimeoutError:
        raise NotFetchedError(Why.TOO_SLOW) from None
    except OSError:
        raise NotFetchedError(Why.UNREACHABLE) from None
    with closing(raw), use.trust.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False) as connected:
        # The deadline holds for the whole answer: a server that sends a byte a second is hung up on.
        hanging_up = threading.Timer(_left(end), _hang_up, [connected])
        hanging_up.daemon = True
        hanging_up.start()
        try:
            found = _answer(connected, host, path, accept, use.most_bytes)
        except (OSError, http.client.HTTPException, ValueError):
            raise NotFetchedError(Why.TOO_SLOW if time.monotonic() >= end else Why.REFUSED) from None
        finally:
            hanging_up.cancel()
    if time.monotonic() >= end:  # what a hang-up cut off can look like a short answer
        raise NotFetchedError(Why.TOO_SLOW)
    return found


def _judged(host: str, network: Network, end: float) -> str:
    try:
        found = _resolvers.submit(network.resolve, host).result(timeout=_left(end))
    except TooSlow:
        raise NotFetchedError(Why.TOO_SLOW) from None
    except OSError:
        raise NotFetchedError(Why.UNREACHABLE) from None
    if not found or not all(is_public(address) for address in found):
        raise NotFetchedError(Why.ADDRESS)
    return found[0]


def _answer(connected: ssl.SSLSocket, host: str, path: str, accept: str, most_bytes: int) -> Fetched:
    connected.do_handshake()
    headers = {"Accept": accept, "Accept-Encoding": "identity", "Connection": "close", "User-Agent": "Cairn"}
    with closing(_Pinned(host, connected)) as connection:
        connection.request("GET", path, headers=headers)
        with closing(connection.getresponse()) as response:
            return Fetched(_content(response, most_bytes), response.headers.get_content_type())


def _content(response: http.client.HTTPResponse, most_bytes: int) -> bytes:
    if response.status != HTTPStatus.OK or response.getheader("Content-Encoding", "identity") != "identity":
        raise NotFetchedError(Why.REFUSED)
    content = bytearray()
    while piece := response.read1(PIECE):
        content += piece
        if len(content) > most_bytes:
            raise NotFetchedError(Why.TOO_LARGE)
    length = response.getheader("Content-Length")
    if length is not None and int(length) != len(content):
        raise http.client.IncompleteRead(bytes(content))
    return bytes(content)


def _left(end: float) -> float:
    return max(0.001, end - time.monotonic())


def _hang_up(connected: ssl.SSLSocket) -> None:
    """Below TLS, which belongs to the thread that reads."""
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
