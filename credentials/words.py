"""What codes of credentials are called, for pages and programs alike: one place, so that both say the same."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from credentials.rules.checks import CheckName, Reason
from credentials.rules.standings import Standing

STANDINGS: Mapping[Standing, Any] = {
    Standing.UNSIGNED: _("not signed yet"),
    Standing.VALID: _("valid"),
    Standing.LAPSED: _("lapsed: its time is over"),
    Standing.REPLACED: _("replaced by a newer one"),
    Standing.REVOKED: _("revoked"),
}

CHECKS: Mapping[CheckName, Any] = {
    CheckName.READABLE: _("It can be read"),
    CheckName.CREDENTIAL: _("It is a signed credential"),
    CheckName.ISSUER_KEY: _("The issuer's key was found"),
    CheckName.SIGNATURE: _("The signature fits"),
    CheckName.STARTED: _("It is in force already"),
    CheckName.NOT_LAPSED: _("Its time is not over"),
    CheckName.CONTENT: _("Everything in it is signed"),
    CheckName.STATUS: _("The issuer has not taken it back"),
}

REASONS: Mapping[Reason, Any] = {
    Reason.WELL: _("Nothing speaks against it."),
    Reason.TOO_LARGE: _("It is larger than credentials are."),
    Reason.NOT_JSON: _("It is no JSON that can be read in one way only."),
    Reason.NOT_A_BADGE: _("It is no Open Badge credential."),
    Reason.NO_PROOF: _("It is not signed."),
    Reason.SEVERAL_PROOFS: _("It carries several signatures; we cannot tell which one counts."),
    Reason.OTHER_SUITE: _("It is signed in a way that we do not read."),
    Reason.OTHER_DID: _("Its issuer is named in a way that we do not read."),
    Reason.DID_NOT_CANONICAL: _("Its issuer's identifier is written in a way that could mislead."),
    Reason.KEY_OF_ANOTHER: _("The key belongs to somebody else than the issuer it names."),
    Reason.NOT_FETCHED: _("What the issuer publishes could not be read now."),
    Reason.KEY_NOT_LISTED: _("The issuer does not list the key as one that signs for it."),
    Reason.WRONG_SIGNATURE: _("It was changed after it was signed, or signed by somebody else."),
    Reason.UNSIGNED_MEMBERS: _("It holds something that the signature does not cover."),
    Reason.NO_INSTANT: _("A date in it cannot be read."),
    Reason.NOT_YET: _("It begins later."),
    Reason.LAPSED: _("Its time is over."),
    Reason.NO_STATUS: _("The issuer publishes no list of what was taken back."),
    Reason.OTHER_STATUS: _("The issuer says what was taken back in a way that we do not read."),
    Reason.WRONG_LIST: _("The issuer's list of what was taken back is not its own, or does not hold this credential."),
    Reason.OLD_LIST: _("The issuer's list of what was taken back is out of date."),
    Reason.REVOKED: _("The issuer has taken it back."),
    Reason.LIBRARY: _("Our own means of checking are not what we tested; we say nothing rather than something wrong."),
    Reason.NOT_REACHED: _("Not looked at, because of the above."),
}
