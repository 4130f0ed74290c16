"""Identifiers of CASE objects: how two are compared, and under which GUID an object is published."""

import re
import uuid

# CASE 1.0 and 1.1 both ask for this form: small letters, versions 1 to 5, the variant of RFC 4122.
STRICT_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ANY_GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# The UUID namespace for replacements of malformed identifiers. It must never change: links would no longer match.
_STAND_IN_NAMESPACE = uuid.UUID("6f5d0c0a-7c0e-5b1d-9a0b-3f1d7c2e4a11")


def is_guid(identifier: str) -> bool:
    """Whether the identifier is written as a GUID, in any case and of any version."""
    return _ANY_GUID.fullmatch(identifier) is not None


def comparable(identifier: str) -> str:
    """The identifier in the form in which two are compared: a GUID without case, any other text letter by letter."""
    return identifier.lower() if is_guid(identifier) else identifier


def published_guid(identifier: str) -> str:
    """The GUID under which an object is published; the same for all spellings of one identifier.

    The identifier itself, in small letters, where the standard allows that. Otherwise a stand-in that follows from it.
    """
    key = comparable(identifier)
    return key if STRICT_GUID.fullmatch(key) else str(uuid.uuid5(_STAND_IN_NAMESPACE, key))
