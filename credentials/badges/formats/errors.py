"""The errors of signing and of verifying a proof."""

from core.jobs.errors import ImpersonalError


class SigningUnavailableError(ImpersonalError):
    """The library is not the tested one: nothing is issued, and checks are not possible."""


class ContextChangedError(SigningUnavailableError):
    """A context is not, byte for byte, the one that was pinned."""


class UnknownContextError(Exception):
    """A document names a context that is not bundled; contexts are never fetched."""


class NotCanonicalizableError(Exception):
    """The document has no canonical form: a term or an identifier in it is not defined."""


class NotVerifiedError(Exception):
    """The proof does not fit the document, or does not cover each of its members."""


class SealedUnderAnotherError(Exception):
    """No configured secret opens the sealed key: it was sealed under another one, or for another row."""


class NotAMultikeyError(ValueError):
    """The text is not an Ed25519 key in multibase."""
