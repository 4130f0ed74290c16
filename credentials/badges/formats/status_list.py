"""The Bitstring Status List 1.0: one bit per credential, packed so that the same bits give the same bytes."""

import base64
import gzip
import io
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from credentials.badges.formats.contexts import VC
from credentials.badges.formats.times import instant

PURPOSE = "revocation"
TTL = 30_000  # milliseconds for which a reader may keep the list: what ended is seen within a minute (invariant 11)


def bits_of(indexes: Iterable[int], *, length: int) -> bytes:
    """The bitstring in which `indexes` are set; index 0 is the highest bit of the first byte."""
    content = bytearray(length // 8)
    for index in indexes:
        content[index // 8] |= 0x80 >> index % 8
    return bytes(content)


def indexes_of(bits: bytes) -> set[int]:
    """The indexes that are set in a bitstring."""
    return {place * 8 + bit for place, byte in enumerate(bits) if byte for bit in range(8) if byte & 0x80 >> bit}


def encoded_list(bits: bytes) -> str:
    """The bitstring as `encodedList`: gzip without a time, then base64url with the multibase prefix."""
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits, mtime=0)).decode().rstrip("=")


def decoded_list(text: str, *, max_bytes: int) -> bytes:
    """The bitstring that `encodedList` holds; raises ValueError when it is none or unpacks to over `max_bytes`."""
    if not text.startswith("u"):
        raise ValueError("encodedList is base64url with the multibase prefix u")
    packed = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            bits = file.read(max_bytes + 1)
    except (OSError, EOFError) as error:
        raise ValueError("encodedList is not gzip") from error
    if len(bits) > max_bytes:
        raise ValueError("encodedList is longer than a status list may be")
    return bits


def list_document(  # noqa: PLR0913 - what the standard asks for, all by name
    *, url: str, did: str, indexes: Collection[int], length: int, signed_at: datetime, valid_until: datetime
) -> dict[str, Any]:
    """The credential of the list at `url`, still without its proof."""
    return {
        "@context": [VC],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": instant(signed_at),
        "validUntil": instant(valid_until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": PURPOSE,
            "ttl": TTL,
            "encodedList": encoded_list(bits_of(indexes, length=length)),
        },
    }


def entry(*, url: str, index: int) -> dict[str, Any]:
    """The `credentialStatus` of the credential with the bit `index` in the list at `url`."""
    return {
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": PURPOSE,
        "statusListIndex": str(index),
        "statusListCredential": url,
    }
