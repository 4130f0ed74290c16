"""The last check of a badge before it is stored: it starts from the bytes and shares nothing with the signing.

It uses neither the document in memory, nor its canonical form, nor a processed context. It proves about the bytes:

1. They are one JSON object; no member occurs twice, and no number or text can be read in two ways.
2. The proof has the suite and the purpose that we sign with. Its value fits the canonical form of document and proof
   options, computed again from the bytes, under the public key that the issuer publishes.
3. The proof covers each member: document and proof options are the compacted form of what they expand to, by the
   library's own rules (context validation: W3C VC Data Integrity 1.0, section 2.4.1).
4. The library's model reads it as an Open Badge that is valid now.

The library's whole verifier (`data_integrity.verify_badge`) proves the same, and refuses a few forms besides: a proof
whose method is missing or whose date is none, a status that is plain text. It also bounds what a hostile document may
cost. Lint refuses all of these before signing. The verifier processes the contexts again for each node in ten passes,
and that was half the time of issuing. It still checks the canary of each process, and in the tests each kind of badge.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature

from credentials.badges.formats.contexts import loader
from credentials.badges.formats.data_integrity import SUITE, hash_data, secured_parts
from credentials.badges.formats.errors import NotAMultikeyError, NotVerifiedError
from credentials.badges.formats.multikey import from_base58, public_key
from credentials.badges.formats.untrusted_json import UnreadableError, document_of

LEEWAY = timedelta(minutes=1)  # between the database's clock, which dates a badge, and ours
EXPECTED = {"type": "DataIntegrityProof", "cryptosuite": SUITE, "proofPurpose": "assertionMethod"}


def refuse_unless_sound(content: bytes, *, multibase: str) -> None:
    """Raise NotVerifiedError unless `content` is a badge that the key `multibase` signed in each of its members."""
    try:
        document = document_of(content)
    except UnreadableError as error:
        raise NotVerifiedError(f"not readable: {error}") from error
    proof = document.get("proof")
    if not isinstance(proof, dict) or {name: proof.get(name) for name in EXPECTED} != EXPECTED:
        raise NotVerifiedError("no proof of ours")
    if "@context" in proof:  # we sign none: the options are read under the document's
        raise NotVerifiedError("the proof has a context of its own")
    parts = secured_parts(document, proof)
    reading = _Reading(_processor())
    _refuse_unless_covered(parts, reading)
    _refuse_unless_valid(document)
    _refuse_unless_signed(parts, proof.get("proofValue"), reading, multibase=multibase)


@cache
def _processor() -> Any:  # noqa: ANN401 - PyLD is heavy to import and untyped
    """A processor of the guard's own: an error in a context that signing has processed is not repeated here."""
    from credentials.badges.formats.processor import Processor

    return Processor()


class _Reading:
    """One document in the guard: what the coverage of each part is proven on is also what its signature must fit.

    Both need the expanded form, and expanding is a third of the canonical form's time. PyLD compacts and canonicalizes
    without changing the expanded form; if it did, the signature would not fit.
    """

    def __init__(self, processor: Any) -> None:  # noqa: ANN401 - PyLD is untyped
        self.compact = processor.compact
        self._processor = processor
        # By identity. The guard holds the parts for as long as it reads, so that no address is used again.
        self._expanded: dict[int, Any] = {}

    def expand(self, document: Any, options: Any = None) -> Any:  # noqa: ANN401 - any JSON
        """The expanded form of a document, computed once."""
        if id(document) not in self._expanded:
            self._expanded[id(document)] = self._processor.expand(document, options)
        return self._expanded[id(document)]

    def quads(self, document: Any) -> str:  # noqa: ANN401 - any JSON
        """The canonical N-Quads of the document's expanded form."""
        return str(self._processor.quads_of_expanded(self.expand(document)))


def _refuse_unless_covered(parts: tuple[dict[str, Any], dict[str, Any]], reading: _Reading) -> None:
    # The library offers this check alone to nobody; what is private can change, so the canary asks both ways whether
    # it still works, and the lock file holds the version.
    from openbadgeslib.ob3 import OB3VerificationError
    from openbadgeslib.ob3._context_validation import validate_document

    options, bare = parts
    try:
        validate_document(bare, options, loader(), reading)
    except OB3VerificationError as error:
        raise NotVerifiedError(str(error)) from error


def _refuse_unless_valid(document: dict[str, Any]) -> None:
    """Raise unless the library's model accepts the document and it is valid now."""
    from openbadgeslib.ob3 import OpenBadgeCredential

    try:
        badge = OpenBadgeCredential.from_vc_document(document)
    except (KeyError, ValueError, TypeError) as error:
        raise NotVerifiedError("no Open Badge") from error
    now = datetime.now(UTC)
    if badge.issuance_date is None or badge.issuance_date > now + LEEWAY:
        raise NotVerifiedError("not yet valid")
    if badge.expiration_date is not None and badge.expiration_date < now - LEEWAY:
        raise NotVerifiedError("no longer valid")


def _refuse_unless_signed(
    parts: tuple[dict[str, Any], dict[str, Any]],
    value: Any,  # noqa: ANN401 - any JSON
    reading: _Reading,
    *,
    multibase: str,
) -> None:
    try:
        signature = from_base58(value[1:]) if isinstance(value, str) and value.startswith("z") else b""
        public_key(multibase).verify(signature, hash_data(parts, quads=reading.quads))
    except (InvalidSignature, NotAMultikeyError) as error:
        raise NotVerifiedError("the proof does not fit the document") from error
