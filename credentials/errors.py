"""Why an action of credentials may refuse."""

from core.jobs.errors import ImpersonalError


class SlugTakenError(Exception):
    """Another issuer has this name in addresses."""


class IssuerExistsError(Exception):
    """The organization signs already."""


class IssuerInUseError(Exception):
    """What stands in signed documents does not change: the issuer's name in addresses is one of these."""


class NotOursError(Exception):
    """Only the institution and its branches sign."""


class NoKeySecretError(ImpersonalError):
    """CAIRN_KEY_SECRET is not set: a key could not be sealed."""


class OriginUnfitError(Exception):
    """CAIRN_ORIGIN is no origin that did:web could be made of."""


class KeyExistsError(Exception):
    """The issuer has a key: it is rotated, not made."""


class NoActiveKeyError(ImpersonalError):
    """The issuer has no key that signs."""


class NoIssuerError(ImpersonalError):
    """Neither the organization nor what it is a branch of signs."""


class KeyEndedError(Exception):
    """The key signs no more already."""


class NotInForceError(Exception):
    """The credential was replaced, revoked or never signed."""


class AwardNotStandingError(Exception):
    """The award lapsed or was rescinded, so there is no paper to be made of it."""


class BeingSignedError(Exception):
    """A newer paper of the same award is being signed."""


class NoLegalNameError(ImpersonalError):
    """The record holds no legal name in force that a paper could carry."""


class NameUnchangedError(Exception):
    """The paper in force carries the legal name of today."""


class NoIdentityError(ImpersonalError):
    """Nothing says whose the credential would be."""


class LintError(ImpersonalError):
    """The document must not be signed; says where and why, never what."""


class SelfCheckFailedError(ImpersonalError):
    """What was just signed did not verify: nothing was stored."""


class StatusListFullError(ImpersonalError):
    """No free bit was found; a new list is due."""


class LettersWithoutFontError(Exception):
    """No installed font has these letters: the paper would show boxes."""

    def __init__(self, letters: str) -> None:
        super().__init__(" ".join(f"U+{ord(letter):04X}" for letter in letters))
        self.letters = letters


class ForeignAssetError(Exception):
    """A paper asked for something that is not one of its bundled assets."""


class RetentionEndedError(Exception):
    """What the paper said is kept no longer."""


class SupersededError(Exception):
    """A later transcript took the place of this one already."""


class NotTheirsError(Exception):
    """The transcript to be corrected is another person's, or of another kind."""


class NotSharedError(Exception):
    """Nothing of this is shared with who asks: never was, no more, or it does not exist."""


class NotTheirTranscriptError(Exception):
    """The transcript is another person's, or the recipient is no partner."""
