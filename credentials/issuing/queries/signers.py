"""Sealing and opening private keys, and signing with one of them."""

from dataclasses import dataclass, field
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from credentials.errors import NoActiveKeyError, NoKeySecretError
from credentials.issuing.formats.key_sealing import opened, sealed
from credentials.models import IssuerKey


@dataclass(frozen=True)
class KeySigner:
    """A key of ours, opened; repr=False keeps its private half out of logs and tracebacks."""

    method: str
    key: Ed25519PrivateKey = field(repr=False)

    def sign(self, content: bytes, /) -> bytes:
        """The 64 bytes of an Ed25519 signature: the same for the same content."""
        return self.key.sign(content)


def sealed_key(key: Ed25519PrivateKey, *, belongs_to: UUID) -> bytes:
    """The private half of `key`, sealed for the row with that public id; raises NoKeySecretError."""
    return sealed(key.private_bytes_raw(), secret=_secrets()[0], bound_to=belongs_to.bytes)


def signer_of(row: IssuerKey) -> KeySigner:
    """A signer with this key; raises NoActiveKeyError if its private half was destroyed, SealedUnderAnotherError."""
    if row.sealed is None:
        raise NoActiveKeyError
    private = opened(bytes(row.sealed), keys=_secrets(), bound_to=row.public_id.bytes)
    return KeySigner(row.method, Ed25519PrivateKey.from_private_bytes(private))


def _secrets() -> list[str]:
    """The secrets, the newest first. Never SECRET_KEY: operators change it without a thought for sealed keys."""
    if not settings.CAIRN_KEY_SECRET:
        raise NoKeySecretError("CAIRN_KEY_SECRET is not set: signing keys cannot be sealed")
    return list(settings.CAIRN_KEY_SECRET)
