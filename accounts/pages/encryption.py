"""Encryption of small secrets that must be read again: authenticator secrets and seeds of recovery codes."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"cairn accounts second factors"


def sealed(text: str) -> str:
    """`text`, encrypted and authenticated with the first secret."""
    return _cipher().encrypt(text.encode()).decode()


def opened(text: str) -> str:
    """The text that `sealed` has encrypted with any of the secrets. Raises InvalidToken if none of them fits."""
    return _cipher().decrypt(text.encode()).decode()


def _cipher() -> MultiFernet:
    """Development without CAIRN_KEY_SECRET uses SECRET_KEY; a system check refuses that in production."""
    secrets = settings.CAIRN_KEY_SECRET or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    # The first key encrypts, all of them decrypt: a new secret can be put in front without re-encrypting.
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    """A key derived for this purpose only, so that one secret can serve several purposes."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
