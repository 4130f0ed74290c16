"""A server of somebody else, on this machine, with a certificate that the test trusts."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.outbound import Network

HOST = "issuer.example.com"
PUBLIC = "203.0.114.9"  # belongs to the public internet; nothing is sent there


@dataclass
class Elsewhere:
    """What a server answers, piece by piece with `pause` seconds between, and what it was asked.

    `pages` answers by path; a path that is not there is answered with `answer`.
    """

    folder: Path
    answer: bytes = b""
    pages: dict[str, bytes] = field(default_factory=dict)
    pause: float = 0.0
    asked: list[bytes] = field(default_factory=list)
    port: int = 0
    addresses: list[str] = field(default_factory=lambda: [PUBLIC])
    dialled: list[str] = field(default_factory=list)

    def says(self, body: bytes, *, status: str = "200 OK", headers: str = "Content-Type: application/json\r\n") -> None:
        self.answer = answered(body, status=status, headers=headers)

    def network(self, **limits: float) -> Network:
        trust = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))

        def dial(address: str, seconds: float) -> socket.socket:
            self.dialled.append(address)
            return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

        return Network(resolve=lambda _host: self.addresses, dial=dial, trust=trust, **limits)  # type: ignore[arg-type]


def answered(body: bytes, *, status: str = "200 OK", headers: str = "Content-Type: application/json\r\n") -> bytes:
    """An answer as it goes over the wire."""
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def serving(folder: Path, host: str = HOST) -> Iterator[Elsewhere]:
    """A server that answers one request at a time until the test ends."""
    place = Elsewhere(folder)
    _write_certificate(folder, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    listener = socket.create_server(("127.0.0.1", 0))
    place.port = listener.getsockname()[1]
    thread = threading.Thread(target=_serve, args=(listener, context, place), daemon=True)
    thread.start()
    try:
        yield place
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def _serve(listener: socket.socket, context: ssl.SSLContext, place: Elsewhere) -> None:
    over = threading.Event()
    while True:
        try:
            raw, _peer = listener.accept()
        except OSError:
            return
        with suppress(OSError), raw, context.wrap_socket(raw, server_side=True) as connected:
            connected.settimeout(5)
            place.asked.append(connected.recv(4096))
            path = place.asked[-1].decode("latin-1").split(" ")[1]
            answer = place.pages.get(path, place.answer)
            pieces = [answer[at : at + 1] for at in range(len(answer))] if place.pause else [answer]
            for piece in pieces:
                connected.sendall(piece)
                over.wait(place.pause)


def _write_certificate(folder: Path, host: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.joinpath("certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    folder.joinpath("key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
