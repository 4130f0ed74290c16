"""Whether a file is, byte for byte, one that we delivered."""

from hashlib import sha256

from credentials.models import DeliveredFile


def delivered(digest: str) -> bool:
    """Whether a certificate or transcript with this SHA-256, in lower-case hex, was ever delivered."""
    return DeliveredFile.objects.filter(file_digest=digest).exists()


def delivered_content(content: bytes) -> bool:
    """Whether these bytes were ever delivered."""
    return delivered(sha256(content).hexdigest())
