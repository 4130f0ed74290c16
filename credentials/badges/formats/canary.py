"""A known document under a known key: other signed bytes than the known ones mean an untested library.

Asked before the first signature and the first check of each process: then issuing is off and verifying cannot tell.
"""

import hashlib
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.badges.formats.contexts import EXTENSIONS, OPEN_BADGES, VC
from credentials.badges.formats.data_integrity import bytes_of, canonical, proof_options, signed, verify_badge
from credentials.badges.formats.errors import NotCanonicalizableError, NotVerifiedError, SigningUnavailableError
from credentials.badges.formats.guard import refuse_unless_sound
from credentials.badges.formats.multikey import multibase_of

DID = "did:web:canary.example"
CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SEED = b"a key of nobody that signs this\0"
CANONICAL = "ef25d7c8c053b675860aaed59be2db223a7f64f382fd5a0a160d3f276b7d7b52"  # SHA-256 of its quads
PROOF = "z5QmXerhFLRnFhXneXFZAkzYTaLey7XDuDU7TbMeaonUaRewFGCzLftB7aQKtinS1jRQr5NYGvSvWxgEb5L344u1L"


def document() -> dict[str, Any]:
    """A small badge with values that are easy to get wrong: numbers, several scripts, quotes, a line break."""
    return {
        "@context": [VC, OPEN_BADGES, EXTENSIONS],
        "id": "https://canary.example/credentials/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Brot \u2013 \u062e\u0628\u0632 \u2013 b\u00e1nh m\u00ec \u2013 \U0001f35e",
        "issuer": {"id": DID, "type": ["Profile"], "name": 'The "Canary"'},
        "validFrom": "2026-01-02T03:04:05+01:00",
        "credentialSubject": {
            "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://canary.example/achievements/1",
                "type": ["Achievement"],
                "name": "Bread",
                "description": "Line one\nline two\\theta",
                "criteria": {"narrative": "Bakes."},
                "creditsAvailable": 2.5,
            },
        },
    }


@cache
def refuse_unless_known() -> None:
    """Raise SigningUnavailableError unless the canary signs as it did when this was written, and verifies.

    The library's verifier and our guard must both take it, and the guard must refuse it with a member that the proof
    does not cover and with one that was changed after signing.
    """
    signer = _Canary()
    multibase = multibase_of(signer.key)
    try:
        quads = canonical(document())
        whole = signed({**document(), "proof": proof_options(signer.method, created=CREATED)}, signer)
        verify_badge(bytes_of(whole), multibase=multibase)
        refuse_unless_sound(bytes_of(whole), multibase=multibase)
    except (NotCanonicalizableError, NotVerifiedError) as error:
        raise SigningUnavailableError("the canary does not verify") from error
    if (hashlib.sha256(quads.encode()).hexdigest(), whole["proof"]["proofValue"]) != (CANONICAL, PROOF):
        raise SigningUnavailableError("the canary signs to other bytes")
    for changed in ({**whole, "unsigned": "x"}, {**whole, "name": "Cake"}):
        if _passes(bytes_of(changed), multibase=multibase):
            raise SigningUnavailableError("the guard lets a changed canary pass")


def _passes(content: bytes, *, multibase: str) -> bool:
    try:
        refuse_unless_sound(content, multibase=multibase)
    except NotVerifiedError:
        return False
    return True


class _Canary:
    method = f"{DID}#k-1"
    key = Ed25519PrivateKey.from_private_bytes(SEED)

    def sign(self, content: bytes, /) -> bytes:
        """The signature with the canary's known key."""
        return self.key.sign(content)
