"""Checks of a credential of any issuer: who may sign for it, its signature, its dates, its published status.

What can be read: Verifiable Credentials 1.1 and 2.0 of any type, with embedded proofs (`proof_suites`) or as a JWT. The
caller hands in `fetch`, and nothing is fetched in another way.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from credentials.badges.formats.canary import refuse_unless_known
from credentials.badges.formats.errors import (
    NotCanonicalizableError,
    NotVerifiedError,
    SigningUnavailableError,
    UnknownContextError,
)
from credentials.badges.formats.proof_suites import PURPOSE, refuse_unless_proven, suite_of
from credentials.badges.formats.public_keys import PublicKey
from credentials.badges.formats.untrusted_json import MAX_BYTES
from credentials.badges.formats.untrusted_rdf import refuse_unless_covered
from credentials.verification.formats import published_status
from credentials.verification.formats.issuer_keys import EndError, Fetch, KeyFinder, json_of
from credentials.verification.formats.jwt_credentials import (
    Jwt,
    NotAJwtError,
    credential_in,
    instant_of_claim,
    jwt_of,
    looks_like_jwt,
)
from credentials.verification.rules.check_results import CLOCK_SKEW, Check, CheckName, Reason

__all__ = ["STEPS", "Fetch", "credential_of", "verify"]

MAX_PROOFS = 5
# Where a credential may say when it begins and ends: VC 2.0, then VC 1.1.
STARTS, ENDS = ("validFrom", "issuanceDate"), ("validUntil", "expirationDate")


@dataclass
class _Case:
    """The credential under check, with what earlier checks read from it."""

    content: bytes
    fetch: Fetch
    at: datetime
    document: dict[str, Any] = field(default_factory=dict)
    jwt: Jwt | None = None
    recognized: bool = False
    proofs: list[dict[str, Any]] = field(default_factory=list)
    keys: list[tuple[dict[str, Any], PublicKey]] = field(default_factory=list)
    passed: set[CheckName] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.finder = KeyFinder(self.fetch)

    @property
    def issuer(self) -> str:
        """The identifier of the issuer, as the document names it; empty where it names none."""
        return issuer_of(self.document)


def verify(content: bytes, fetch: Fetch, *, at: datetime) -> list[Check]:
    """Every check of the credential in `content`, JSON or a JWT, at the instant `at`, in the order of CheckName.

    `fetch` returns the bytes at an address or raises NotFetchedError. A check that could not be made, because one that
    it builds on did not pass, has `passed` None. The dates are checked whatever the signature says.
    """
    case = _Case(content, fetch, at)
    try:
        refuse_unless_known()
        return [_checked(step, case) for step in STEPS]
    except SigningUnavailableError:
        return [Check(step.name, passed=None, reason=Reason.LIBRARY) for step in STEPS]


def credential_of(content: bytes) -> dict[str, Any]:
    """The credential in `content`, JSON or a JWT, without any check; empty for what is neither."""
    try:
        case = _Case(content, _nothing, datetime.now(UTC))
        _readable(case)
    except EndError:
        return {}
    return case.document


def issuer_of(document: Mapping[str, Any]) -> str:
    """The identifier of the issuer that a credential names; empty where it names none."""
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return named if isinstance(named, str) else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One check: its function, and the checks without which it cannot be made."""

    name: CheckName
    check: Callable[[_Case], Reason]
    after: frozenset[CheckName] = frozenset()


def _checked(step: Step, case: _Case) -> Check:
    # Dates can be read in whatever is a credential, also where its signature cannot be told.
    dated = step.name in {CheckName.STARTED, CheckName.NOT_LAPSED} and case.recognized
    if not dated and not step.after <= case.passed:
        return Check(step.name, passed=None, reason=Reason.NOT_REACHED)
    try:
        reason = step.check(case)
    except EndError as end:
        return Check(step.name, passed=end.passed, reason=end.reason)
    case.passed.add(step.name)
    return Check(step.name, passed=True, reason=reason)


def _readable(case: _Case) -> Reason:
    if len(case.content) > MAX_BYTES:
        raise EndError(False, Reason.TOO_LARGE)
    if looks_like_jwt(case.content):
        try:
            case.jwt = jwt_of(case.content)
            case.document = credential_in(case.jwt.payload)
        except NotAJwtError as error:
            raise EndError(False, Reason.NOT_JSON) from error
    else:
        case.document = json_of(case.content)
    return Reason.WELL


def _credential(case: _Case) -> Reason:
    kinds = case.document.get("type")
    if "VerifiableCredential" not in (kinds if isinstance(kinds, list) else [kinds]):
        raise EndError(False, Reason.NOT_A_BADGE)
    case.recognized = True
    if case.jwt is not None:
        if case.jwt.algorithm is None:
            unsigned = case.jwt.header.get("alg") == "none"
            raise EndError(False if unsigned else None, Reason.NO_PROOF if unsigned else Reason.OTHER_SUITE)
        return Reason.WELL
    proofs = list(_dicts(case.document.get("proof")))[:MAX_PROOFS]
    if not any(isinstance(proof.get("verificationMethod"), str) for proof in proofs):
        raise EndError(False, Reason.NO_PROOF)
    case.proofs = [proof for proof in proofs if _is_read(proof)]
    if not case.proofs:
        raise EndError(None, Reason.OTHER_SUITE if len(proofs) == 1 else Reason.SEVERAL_PROOFS)
    return Reason.WELL


def _is_read(proof: Mapping[str, Any]) -> bool:
    return (
        suite_of(proof) is not None
        and proof.get("proofPurpose") == PURPOSE
        and isinstance(proof.get("verificationMethod"), str)
    )


def _issuer_key(case: _Case) -> Reason:
    if case.jwt is not None:
        fitting = [key for key in _keys_of_jwt(case, case.jwt) if case.jwt.algorithm in key.algorithms]
        if not fitting:
            raise EndError(None, Reason.OTHER_SUITE)
        case.keys = [({}, key) for key in fitting]
        return Reason.WELL
    ends: list[EndError] = []
    for proof in case.proofs:
        try:
            case.keys.append((proof, _key_for(case, proof)))
        except EndError as end:
            ends.append(end)
    if not case.keys:
        raise ends[0]
    return Reason.WELL


def _key_for(case: _Case, proof: Mapping[str, Any]) -> PublicKey:
    """The key that a proof names; raises EndError also where its suite has no keys of that kind."""
    key, suite = _key_of(case, proof["verificationMethod"]), suite_of(proof)
    if suite is None or not suite.algorithms & key.algorithms:
        raise EndError(None, Reason.OTHER_SUITE)
    return key


def _key_of(case: _Case, method: str) -> PublicKey:
    owner = method.partition("#")[0]
    # An https issuer may let a key of another name assert; a DID never does.
    if owner != case.issuer and not case.issuer.startswith("https://"):
        raise EndError(False, Reason.KEY_OF_ANOTHER)
    return case.finder.key_of(case.issuer, method)


def _keys_of_jwt(case: _Case, jwt: Jwt) -> list[PublicKey]:
    """The issuer's keys that the header may mean: that of `kid`, that equal to `jwk`, otherwise all of them."""
    named, brought, issuer = jwt.header.get("kid"), jwt.header.get("jwk"), case.issuer
    if not issuer:
        raise EndError(False, Reason.KEY_OF_ANOTHER)
    if isinstance(named, str) and named.startswith("https://") and issuer != named.partition("#")[0]:
        return [case.finder.key_at(issuer, named)]
    if isinstance(named, str) and brought is None and not issuer.startswith("did:key:"):
        method = named if ":" in named else f"{issuer}#{named.removeprefix('#')}"
        return [_key_of(case, method)]
    if isinstance(named, str) and ":" in named and named.partition("#")[0] != issuer:
        raise EndError(False, Reason.KEY_OF_ANOTHER)
    keys = list(case.finder.keys_of(issuer))
    if isinstance(brought, dict):
        own = published_status.key_of_jwk(brought)
        keys = [key for key in keys if key == own]
    if not keys:
        raise EndError(False, Reason.KEY_NOT_LISTED)
    return keys


def _signature(case: _Case) -> Reason:
    """One proof that fits is enough: each of several signs the document for itself."""
    ends: list[EndError] = []
    for proof, key in case.keys:
        try:
            _refuse_unless_signed(case, proof, key)
        except EndError as end:
            ends.append(end)
        else:
            case.proofs = [proof]
            return Reason.WELL
    raise next((end for end in ends if end.passed is None), ends[0])


def _refuse_unless_signed(case: _Case, proof: Mapping[str, Any], key: PublicKey) -> None:
    """Raise EndError unless `key` signed the credential, as a JWT or by `proof`."""
    try:
        if case.jwt is not None:
            case.jwt.refuse_unless_signed(key)
            return
        refuse_unless_proven(case.document, proof, key)
    except NotVerifiedError as error:
        raise EndError(False, Reason.WRONG_SIGNATURE) from error
    except UnknownContextError as error:
        raise EndError(None, Reason.UNKNOWN_CONTEXT) from error
    except NotCanonicalizableError as error:
        raise EndError(None, Reason.NOT_CANONICAL) from error


def _started(case: _Case) -> Reason:
    instants = [_instant(case.document[name]) for name in STARTS if name in case.document]
    instants += _claimed(case, "nbf")
    if not instants:
        raise EndError(False, Reason.NO_INSTANT)
    if max(instants) > case.at + CLOCK_SKEW:
        raise EndError(False, Reason.NOT_YET)
    return Reason.WELL


def _not_lapsed(case: _Case) -> Reason:
    instants = [_instant(case.document[name]) for name in ENDS if name in case.document]
    instants += _claimed(case, "exp")
    if CheckName.SIGNATURE in case.passed:  # then the proof that decided is the only one left
        instants += [_instant(proof["expires"]) for proof in case.proofs if "expires" in proof]
    if instants and min(instants) <= case.at - CLOCK_SKEW:
        raise EndError(False, Reason.LAPSED)
    return Reason.WELL


def _claimed(case: _Case, name: str) -> list[datetime]:
    try:
        found = instant_of_claim(case.jwt.payload, name) if case.jwt is not None else None
    except ValueError as error:
        raise EndError(False, Reason.NO_INSTANT) from error
    return [] if found is None else [found]


def _content(case: _Case) -> Reason:
    """A JWT and the suites over plain JSON cover each byte; those over RDF cover what the contexts define."""
    suite = suite_of(case.proofs[0]) if case.jwt is None else None
    if suite is None or not suite.linked:
        return Reason.WELL
    bare = {name: value for name, value in case.document.items() if name != "proof"}
    options = {name: value for name, value in case.proofs[0].items() if name != "proofValue"}
    try:
        refuse_unless_covered(bare)
        refuse_unless_covered({**options, "@context": bare["@context"]})
    except NotVerifiedError as error:
        raise EndError(False, Reason.UNSIGNED_MEMBERS) from error
    except (NotCanonicalizableError, UnknownContextError) as error:
        raise EndError(None, Reason.NOT_CANONICAL) from error
    return Reason.WELL


def _form(case: _Case) -> Reason:
    """The form that Open Badges 3.0 asks for: a subject has an id or an identifier (B.1.3, AchievementSubject)."""
    for subject in _dicts(case.document.get("credentialSubject")):
        if not isinstance(subject.get("id"), str) and not subject.get("identifier"):
            raise EndError(False, Reason.NO_SUBJECT_ID)
    return Reason.WELL


def _status(case: _Case) -> Reason:
    entries = case.document.get("credentialStatus")
    if entries is None:
        return Reason.NO_STATUS
    for entry in entries if isinstance(entries, list) else [entries]:
        published_status.refuse_if_set(entry, issuer=case.issuer, finder=case.finder, at=case.at)
    return Reason.WELL


_SIGNED = frozenset({CheckName.SIGNATURE})
STEPS: tuple[Step, ...] = (
    Step(CheckName.READABLE, _readable),
    Step(CheckName.CREDENTIAL, _credential, frozenset({CheckName.READABLE})),
    Step(CheckName.ISSUER_KEY, _issuer_key, frozenset({CheckName.CREDENTIAL})),
    Step(CheckName.SIGNATURE, _signature, frozenset({CheckName.ISSUER_KEY})),
    Step(CheckName.STARTED, _started, frozenset({CheckName.CREDENTIAL})),
    Step(CheckName.NOT_LAPSED, _not_lapsed, frozenset({CheckName.CREDENTIAL})),
    Step(CheckName.CONTENT, _content, _SIGNED),
    Step(CheckName.FORM, _form, frozenset({CheckName.SIGNATURE, CheckName.CONTENT})),
    Step(CheckName.STATUS, _status, frozenset({CheckName.SIGNATURE, CheckName.CONTENT})),
)


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    return (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict))


def _instant(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        found = moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise EndError(False, Reason.NO_INSTANT)
    return found


def _nothing(_address: str) -> bytes:
    raise EndError(None, Reason.NOT_FETCHED)
