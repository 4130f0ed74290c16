"""Which addresses belong to the public internet; all others may be inside a network, also inside ours."""

import ipaddress
import re
from urllib.parse import urlsplit

from core.outbound.errors import NotFetchedError, Why

MAX_LENGTH = 2_000
PORT = 443
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])")
_PATH = re.compile(r"[!-~]*")  # printable ASCII without blanks: nothing that could end a line
# Names that no public server has (RFC 6761, 6762, 8375, 9476).
_INSIDE = ("localhost", "local", "internal", "lan", "home", "corp", "intranet", "private", "home.arpa", "onion", "alt")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def host_and_path(url: str) -> tuple[str, str]:
    """The host and the path of an address; raises NotFetchedError unless it is https, a plain name, and port 443."""
    try:
        parts = urlsplit(url)
        port = PORT if parts.port is None else parts.port
    except ValueError:
        raise NotFetchedError(Why.ADDRESS) from None
    host = parts.hostname or ""
    fine = (
        _plain(url)
        and parts.scheme == "https"
        and port == PORT
        and parts.username is None
        and parts.password is None
        and "\\" not in url
        and _NAME.fullmatch(host)
        and not host.endswith(tuple(f".{name}" for name in _INSIDE))
    )
    if not fine:
        raise NotFetchedError(Why.ADDRESS)
    return host, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also where IPv6 wraps an IPv4 address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # for example with a zone: fe80::1%eth0
        return False
    inner: ipaddress.IPv4Address | None = None
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    # An IPv6 address that wraps a private IPv4 address reaches it through a gateway.
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _plain(url: str) -> bool:
    return len(url) <= MAX_LENGTH and bool(_PATH.fullmatch(url))
