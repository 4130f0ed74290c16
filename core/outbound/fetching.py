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

MAX_BYTES = 1024 * 1024
MAX_SECONDS = 5.0
CHUNK_BYTES = 16 * 1024

Resolve = Callable[[str], Sequence[str]]
Dial = Callable[[str, float], socket.socket]

# The system's resolver has no deadline. Threads of a fixed number bound how many of its calls can hang.
_resolvers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")


@dataclass(frozen=True)
class Fetched:
    """The answer: its bytes and its media type."""

    content: bytes
    media_type: str


def addresses_of(host: str) -> list[str]:
    """The IP addresses of a name, as the system resolves it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)]


def dialled(address: str, seconds: float) -> socket.socket:
    """A connection to port 443 of an IP address."""
    return socket.create_connection((address, PORT), timeout=seconds)


@dataclass(frozen=True)
class Network:
    """How names are resolved, connections opened and certificates checked; tests replace the parts."""

    resolve: Resolve = addresses_of
    dial: Dial = dialled
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = MAX_SECONDS
    max_bytes: int = MAX_BYTES


class _Pinned(http.client.HTTPConnection):
    """HTTP over a connection to the address that was checked, whatever the name resolves to by now."""

    def __init__(self, host: str, connected: ssl.SSLSocket) -> None:
        super().__init__(host)
        self.sock = connected


def fetch(url: str, *, accept: str, network: Network | None = None) -> Fetched:
    """The answer of `url`, if it is 200 without a redirect. Raises NotFetchedError.

    Every address of the name must be public: a private one among them is a sign of DNS rebinding.
    """
    use = network or Network()
    host, path = host_and_path(url)
    end = time.monotonic() + use.seconds
    address = _checked_address(host, use, end)
    try:
        raw = use.dial(address, _left(end))
    except TimeoutError:
        raise NotFetchedError(Why.TOO_SLOW) from None
    except OSError:
        raise NotFetchedError(Why.UNREACHABLE) from None
    with closing(raw), use.trust.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False) as connected:
        # The deadline is for the whole answer: the socket's timeout alone would allow a byte a second for ever.
        hanging_up = threading.Timer(_left(end), _hang_up, [connected])
        hanging_up.daemon = True
        hanging_up.start()
        try:
            found = _answer(connected, host, path, accept, use.max_bytes)
        except (OSError, http.client.HTTPException, ValueError):
            raise NotFetchedError(Why.TOO_SLOW if time.monotonic() >= end else Why.REFUSED) from None
        finally:
            hanging_up.cancel()
    if time.monotonic() >= end:  # an answer that the timer cut off can look complete
        raise NotFetchedError(Why.TOO_SLOW)
    return found


def _checked_address(host: str, network: Network, end: float) -> str:
    try:
        found = _resolvers.submit(network.resolve, host).result(timeout=_left(end))
    except TooSlow:
        raise NotFetchedError(Why.TOO_SLOW) from None
    except OSError:
        raise NotFetchedError(Why.UNREACHABLE) from None
    # All of them: a name with a private address among public ones could be resolved to it the next time.
    if not found or not all(is_public(address) for address in found):
        raise NotFetchedError(Why.ADDRESS)
    return found[0]


def _answer(connected: ssl.SSLSocket, host: str, path: str, accept: str, max_bytes: int) -> Fetched:
    connected.do_handshake()
    # identity: the limit of size is for the bytes that are used, and compressed ones unpack to more.
    headers = {"Accept": accept, "Accept-Encoding": "identity", "Connection": "close", "User-Agent": "Cairn"}
    with closing(_Pinned(host, connected)) as connection:
        connection.request("GET", path, headers=headers)
        with closing(connection.getresponse()) as response:
            return Fetched(_content(response, max_bytes), response.headers.get_content_type())


def _content(response: http.client.HTTPResponse, max_bytes: int) -> bytes:
    if response.status != HTTPStatus.OK or response.getheader("Content-Encoding", "identity") != "identity":
        raise NotFetchedError(Why.REFUSED)
    content = bytearray()
    while piece := response.read1(CHUNK_BYTES):
        content += piece
        if len(content) > max_bytes:
            raise NotFetchedError(Why.TOO_LARGE)
    # read1 ends quietly where a connection breaks: a short answer must not pass for a whole one.
    length = response.getheader("Content-Length")
    if length is not None and int(length) != len(content):
        raise http.client.IncompleteRead(bytes(content))
    return bytes(content)


def _left(end: float) -> float:
    # Never 0, which would make a socket non-blocking.
    return max(0.001, end - time.monotonic())


def _hang_up(connected: ssl.SSLSocket) -> None:
    """Shut down the socket below TLS, because the TLS object belongs to the thread that reads."""
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
