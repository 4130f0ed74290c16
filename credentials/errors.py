"""The errors of credentials' actions and formats."""

from core.jobs.errors import ImpersonalError


class SlugTakenError(Exception):
    """Another issuer has this slug."""


class IssuerExistsError(Exception):
    """The organization has an issuer already."""


class IssuerInUseError(Exception):
    """Slug and organization cannot change, because signed documents name them."""


class NotOursError(Exception):
    """The organization is a partner: only the institution and its branches sign."""


class NoKeySecretError(ImpersonalError):
    """CAIRN_KEY_SECRET is not set: a key could not be sealed."""


class OriginUnfitError(Exception):
    """CAIRN_ORIGIN is not an origin from which did:web can be made."""


class KeyExistsError(Exception):
    """The issuer has a key already; keys after the first come from a rotation."""


class NoActiveKeyError(ImpersonalError):
    """The issuer has no key that signs."""


class NoIssuerError(ImpersonalError):
    """Neither the organization nor any of its parents has an issuer with a key."""


class KeyEndedError(Exception):
    """The key was reported before."""


class NotInForceError(Exception):
    """The credential was replaced, revoked or never signed."""


class AwardNotStandingError(Exception):
    """The award lapsed or was rescinded, so that no credential can be issued for it."""


class BeingSignedError(Exception):
    """A newer credential of the same award is being signed."""


class NoLegalNameError(ImpersonalError):
    """The record has no legal name in force."""


class NameUnchangedError(Exception):
    """The credential in force states the legal name of today already."""


class LintError(ImpersonalError):
    """The document must not be signed; the message says where and why, without values."""


class SelfCheckFailedError(ImpersonalError):
    """The new signature did not verify, so that nothing was stored."""


class StatusListFullError(ImpersonalError):
    """No free bit was found; a new list is needed."""


class LettersWithoutFontError(Exception):
    """No installed font has these letters: the document would show boxes."""

    def __init__(self, letters: str) -> None:
        super().__init__(" ".join(f"U+{ord(letter):04X}" for letter in letters))
        self.letters = letters


class ForeignAssetError(Exception):
    """A document's HTML named something that is not a bundled asset."""


class RetentionEndedError(Exception):
    """The content was erased at the end of its retention."""


class SupersededError(Exception):
    """A later transcript has replaced this one already."""


class NotTheirsError(Exception):
    """The transcript to be corrected belongs to another learner."""


class NotSharedError(Exception):
    """It is not shared with the client, is no longer shared, or does not exist; the three are not told apart."""


class NotTheirTranscriptError(Exception):
    """The transcript belongs to another learner or was replaced, or the recipient is not a partner."""
