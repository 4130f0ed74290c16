"""Writes of credentials: issuers and keys, preparing and signing, replacing and revoking, publishing status lists."""

from credentials.actions.issuers import save_issuer
from credentials.actions.keys import ask_to_rotate, make_first_key, report_compromise, rotate_key
from credentials.actions.preparing import issue_award, promise_paper
from credentials.actions.reissuing import reissue
from credentials.actions.revoking import ask_to_revoke, revoke, revoke_rescinded
from credentials.actions.signing import sign_prepared
from credentials.actions.statuses import publish_list
from credentials.actions.telling import tell_holder

__all__ = [
    "ask_to_revoke",
    "ask_to_rotate",
    "issue_award",
    "make_first_key",
    "promise_paper",
    "publish_list",
    "reissue",
    "report_compromise",
    "revoke",
    "revoke_rescinded",
    "rotate_key",
    "save_issuer",
    "sign_prepared",
    "tell_holder",
]
