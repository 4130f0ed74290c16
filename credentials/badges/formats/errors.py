"""What can be wrong with what is to be signed or was signed, by name."""

from core.jobs.errors import ImpersonalError


class SigningUnavailableError(ImpersonalError):
    """The library is not the one that we tested: issuing is off, and verifying cannot tell."""


class ContextChangedError(SigningUnavailableError):
    """A context is not, byte for byte, the one that was pinned."""


class UnknownContextError(Exception):
    """A document names a context that we do not hold; none is fetched."""


class NotCanonicalizableError(Exception):
    """The document has no canonical form: a term or an identifier in it means nothing."""


class NotVerifiedError(Exception):
    """The proof does not fit the document, or the document hides members that it does not cover."""


class SealedUnderAnotherError(Exception):
    """None of the secrets opens it: it was sealed under another, or for another key."""


class NotAMultikeyError(ValueError):
    """No Ed25519 key in the multibase spelling."""
