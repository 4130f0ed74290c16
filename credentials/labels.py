"""The refusals of credentials' actions in words, for the desk."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import ApprovalMissingError, ApprovalOpenError, OwnRecordError
from credentials import errors
from credentials.badges.formats.errors import SealedUnderAnotherError, SigningUnavailableError

REFUSALS: Mapping[type[Exception], str | Promise | Any] = {
    ApprovalMissingError: _("Somebody else who is a registrar has to approve exactly this first: ask for it."),
    ApprovalOpenError: _("The same is being asked for already."),
    OwnRecordError: _("This is about your own record: somebody else has to decide it."),
    SealedUnderAnotherError: _("The key was sealed under a secret that CAIRN_KEY_SECRET no longer holds."),
    SigningUnavailableError: _("Signing is off: the library is not the one that was tested. Tell who runs Cairn."),
    errors.AwardNotStandingError: _("The award is not in force any more, so no document can be issued for it."),
    errors.BeingSignedError: _("A newer document of this award is being signed."),
    errors.IssuerExistsError: _("This organization has an issuer."),
    errors.IssuerInUseError: _("Name in addresses and organization stand in signed documents: they stay."),
    errors.KeyEndedError: _("This key was reported before."),
    errors.KeyExistsError: _("The issuer has a key: ask to rotate it."),
    errors.LintError: _("The document must not be signed as it is. Read why under the failed background tasks."),
    errors.NameUnchangedError: _("The document in force carries today's legal name: record the new name first."),
    errors.NoActiveKeyError: _("The issuer has no key that signs."),
    errors.NoIssuerError: _("Nobody signs for this organization: set up an issuer and its first key."),
    errors.NoKeySecretError: _("CAIRN_KEY_SECRET is not set, so keys cannot be sealed. Tell who runs Cairn."),
    errors.NoLegalNameError: _("The record holds no legal name in force."),
    errors.NotInForceError: _("This document was replaced or revoked before."),
    errors.NotOursError: _("Only the institution and its branches sign."),
    errors.OriginUnfitError: _("CAIRN_ORIGIN is no address that documents could carry. Tell who runs Cairn."),
    errors.SlugTakenError: _("Another issuer has this name in addresses."),
}
