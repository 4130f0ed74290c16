"""Several credentials at once: presentations, as wallets hand them on, and plain lists.

A presentation is an envelope that the holder may have signed.

The envelope is not judged: its signature says who presents only together with a question that we never asked.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

MAX_CREDENTIALS = 5
PRESENTATIONS = frozenset({"VerifiablePresentation", "EnvelopedVerifiablePresentation"})
ENVELOPED = "EnvelopedVerifiableCredential"


def is_presentation(document: Mapping[str, Any]) -> bool:
    """Whether the document is a presentation: VC 1.1 or 2.0, or the payload of one as a JWT."""
    kinds = document.get("type")
    inner = document.get("vp")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return isinstance(inner, dict) or any(kind in PRESENTATIONS for kind in listed if isinstance(kind, str))


def credentials_in(document: Mapping[str, Any]) -> list[Any]:
    """The credentials that a presentation holds, as it writes them."""
    inner = document.get("vp")
    held = (inner if isinstance(inner, dict) else document).get("verifiableCredential", [])
    return held if isinstance(held, list) else [held]


def records_of(listed: Sequence[Any]) -> list[bytes]:
    """The credentials in a list, JSON or JWTs; raises ValueError for more than MAX_CREDENTIALS.

    To answer for some of them would be an answer for all in the eyes of whoever asks.
    """
    if len(listed) > MAX_CREDENTIALS:
        raise ValueError("too many credentials")
    return [_record(each) for each in listed]


def _record(value: object) -> bytes:
    if not isinstance(value, dict):
        return value.encode() if isinstance(value, str) else b""
    address = value.get("id")
    if value.get("type") == ENVELOPED or value.get("type") == [ENVELOPED]:
        # A data URL with the JWT after the comma (VC 2.0, section 4.13).
        return address.partition(",")[2].encode() if isinstance(address, str) else b""
    return json.dumps(value, ensure_ascii=False).encode()
