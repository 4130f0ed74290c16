"""Sealed private keys: AES-256-GCM under a key that is derived from a secret, bound to the row of the key.

The bytes: one byte of version, a nonce of 12 bytes, then the output of AES-GCM (NIST SP 800-38D).
"""

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.badges.formats.errors import SealedUnderAnotherError

VERSION = b"\x01"
NONCE_BYTES = 12
PURPOSE = b"cairn credentials issuer keys"


def sealed(private: bytes, *, secret: str, bound_to: bytes) -> bytes:
    """`private`, encrypted, and authenticated together with `bound_to`, which is not stored."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + _box(secret).encrypt(nonce, private, bound_to)


def opened(content: bytes, *, keys: Sequence[str], bound_to: bytes) -> bytes:
    """The private key in `content`, if one of the secrets `keys` sealed it; raises SealedUnderAnotherError."""
    if not content.startswith(VERSION):
        raise SealedUnderAnotherError
    nonce, hidden = content[1 : 1 + NONCE_BYTES], content[1 + NONCE_BYTES :]
    for secret in keys:
        try:
            return _box(secret).decrypt(nonce, hidden, bound_to)
        except InvalidTag:
            continue
    raise SealedUnderAnotherError


def _box(secret: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode()))
