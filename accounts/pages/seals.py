"""Sealing of small secrets that must be readable again: authenticator secrets and seeds of recovery codes."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"cairn accounts second factors"


def sealed(text: str) -> str:
    """`text`, encrypted and authenticated under the first secret."""
    return _box().encrypt(text.encode()).decode()


def opened(text: str) -> str:
    """What `sealed` was given, whichever of the secrets sealed it. Raises InvalidToken when none did."""
    return _box().decrypt(text.encode()).decode()


def _box() -> MultiFernet:
    """A workbench without CAIRN_KEY_SECRET seals under SECRET_KEY; checks.py refuses that in production."""
    secrets = settings.CAIRN_KEY_SECRET or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
