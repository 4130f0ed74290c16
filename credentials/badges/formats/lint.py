"""The lint before signing: it refuses JSON that a proof covers only in part, or that verifiers read differently.

The shape is closed. A member that is not listed here is refused, so that no undefined term, no `jti`, no second status
and no language map is ever signed. The other rules refuse values on which verifiers are known to differ.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from credentials.badges.formats.contexts import EXTENSIONS, OPEN_BADGES, VC
from credentials.badges.formats.data_integrity import canonical
from credentials.badges.formats.errors import NotCanonicalizableError
from credentials.badges.formats.open_badge import SCHEMA

MAX_BYTES = 200_000  # verifiers take 262,144; the proof and other spellings need room
MIN_NUMBER = 1e-6
MAX_NUMBER = 2.0**53

# Control characters but tab, line feed and carriage return: RDFC-1.0 escapes them, libraries do not. Noncharacters and
# halves of surrogate pairs are no text.
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
BEYOND = re.compile("[\U00010000-\U0010ffff]")
IDENTIFIER = re.compile(r"(https?://|urn:|did:|mailto:)[^\s<>\"{}|\\^`\x00-\x20\x7f]+")
ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20\x7f]+")
LAST_TWO = (0xFFFE, 0xFFFF)
ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DIGITS = re.compile(r"0|[1-9]\d*")
MULTIBASE = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document is not signed: a code and a JSON Pointer. The value is left out, because it may be personal."""

    code: str
    where: str

    def __str__(self) -> str:
        return f"{self.where or '/'}: {self.code}"


Check = Callable[[Any, str], Iterator[Problem]]


def lint_badge(document: Mapping[str, Any], *, did: str, at: datetime) -> list[Problem]:
    """Every reason not to sign this credential as `did` at the instant `at`; empty if there is none."""
    return _linted(document, BADGE, did=did, at=at)


def lint_list(document: Mapping[str, Any], *, did: str, at: datetime) -> list[Problem]:
    """Every reason not to sign this credential of a status list; empty if there is none."""
    return _linted(document, LIST, did=did, at=at)


def lint_definition(achievement: Mapping[str, Any]) -> list[Problem]:
    """Every reason not to publish this definition of an achievement: no badge with it would be signed."""
    return [*_ACHIEVEMENT(achievement, ""), *_values(achievement, "")]


def _linted(document: Mapping[str, Any], shape: Check, *, did: str, at: datetime) -> list[Problem]:
    found = [*shape(document, ""), *_values(document, "")]
    if found:
        return found
    issuer = document["issuer"]
    if (issuer["id"] if isinstance(issuer, dict) else issuer) != did:
        found.append(Problem("foreign_issuer", "/issuer"))
    if not document["proof"]["verificationMethod"].startswith(f"{did}#"):
        found.append(Problem("foreign_key", "/proof/verificationMethod"))
    found += _times(document, at)
    if len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()) > MAX_BYTES:
        found.append(Problem("too_large", ""))
    return found or list(_order(document))


def _times(document: Mapping[str, Any], at: datetime) -> Iterator[Problem]:
    starts = datetime.fromisoformat(document["validFrom"])
    if starts > at:
        yield Problem("future", "/validFrom")
    if "validUntil" in document and datetime.fromisoformat(document["validUntil"]) <= starts:
        yield Problem("ends_before_it_starts", "/validUntil")
    if datetime.fromisoformat(document["proof"]["created"]) > at:
        yield Problem("future", "/proof/created")


def _order(document: Mapping[str, Any]) -> Iterator[Problem]:
    """RDFC-1.0 sorts by code points and a common library by UTF-16; where the two differ, it rejects our signature."""
    try:
        lines = canonical({name: value for name, value in document.items() if name != "proof"}).split("\n")[:-1]
    except NotCanonicalizableError:
        yield Problem("not_canonicalizable", "")
        return
    if BEYOND.search("".join(lines)) and sorted(lines, key=lambda line: line.encode("utf-16-be")) != sorted(lines):
        yield Problem("sorts_differently", "")


def _values(value: Any, where: str) -> Iterator[Problem]:  # noqa: ANN401 - any JSON
    """Problems with characters and numbers, anywhere in the document."""
    if isinstance(value, str):
        if UNSPEAKABLE.search(value) or any(map(_noncharacter, BEYOND.findall(value))):
            yield Problem("character", where)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        if value and not MIN_NUMBER <= abs(value) <= MAX_NUMBER:
            yield Problem("number", where)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _values(member, f"{where}/{name}")
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _values(member, f"{where}/{place}")


def _noncharacter(letter: str) -> bool:
    """Whether it is one of the last two code points of its plane."""
    return ord(letter) % 0x10000 in LAST_TWO


# --- the shape --------------------------------------------------------------------------------------------------


def _text(value: Any, where: str) -> Iterator[Problem]:  # noqa: ANN401 - any JSON, as all below
    if not isinstance(value, str) or not value.strip():
        yield Problem("not_text", where)


def _like(pattern: re.Pattern[str], code: str) -> Check:
    def check(value: Any, where: str) -> Iterator[Problem]:  # noqa: ANN401
        if not isinstance(value, str) or not pattern.fullmatch(value):
            yield Problem(code, where)

    return check


def _moment(value: Any, where: str) -> Iterator[Problem]:  # noqa: ANN401
    if not isinstance(value, str) or not ZONED.fullmatch(value):
        yield Problem("not_an_instant", where)
        return
    try:
        datetime.fromisoformat(value)
    except ValueError:
        yield Problem("not_an_instant", where)


def _amount(value: Any, where: str) -> Iterator[Problem]:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        yield Problem("not_a_number", where)


def _exactly(expected: object) -> Check:
    def check(value: Any, where: str) -> Iterator[Problem]:  # noqa: ANN401
        if value != expected or type(value) is not type(expected):
            yield Problem("unexpected", where)

    return check


def _each(check: Check) -> Check:
    def every(value: Any, where: str) -> Iterator[Problem]:  # noqa: ANN401
        if not isinstance(value, list) or not value:
            yield Problem("not_a_list", where)
            return
        for place, member in enumerate(value):
            yield from check(member, f"{where}/{place}")

    return every


def _closed(needed: Mapping[str, Check], *, allowed: Mapping[str, Check] | None = None) -> Check:
    """An object with all of `needed`, perhaps some of `allowed`, and nothing else."""
    known = {**needed, **(allowed or {})}

    def check(value: Any, where: str) -> Iterator[Problem]:  # noqa: ANN401
        if not isinstance(value, Mapping):
            yield Problem("not_an_object", where)
            return
        for name in needed.keys() - value.keys():
            yield Problem("missing", f"{where}/{name}")
        for name, member in value.items():
            if name in known:
                yield from known[name](member, f"{where}/{name}")
            else:
                yield Problem("unknown_member", f"{where}/{name}")

    return check


_identifier = _like(IDENTIFIER, "not_an_identifier")
_address = _like(ADDRESS, "not_an_address")

_PROOF = _closed(
    {
        "type": _exactly("DataIntegrityProof"),
        "cryptosuite": _exactly("eddsa-rdfc-2022"),
        "created": _moment,
        "verificationMethod": _identifier,
        "proofPurpose": _exactly("assertionMethod"),
    },
    allowed={"proofValue": _like(MULTIBASE, "not_multibase")},
)
_STATUS = _closed({
    "id": _address,
    "type": _exactly("BitstringStatusListEntry"),
    "statusPurpose": _exactly("revocation"),
    "statusListIndex": _like(DIGITS, "not_an_index"),
    "statusListCredential": _address,
})  # fmt: skip
_IMAGE = _closed({"id": _address, "type": _exactly("Image")})
_ISSUER = _closed(
    {"id": _identifier, "type": _exactly(["Profile"]), "name": _text},
    allowed={"url": _address, "email": _text, "description": _text, "image": _IMAGE},
)
_IDENTITY = _closed({
    "type": _exactly("IdentityObject"),
    "hashed": _exactly(True),
    "identityHash": _like(re.compile(r"sha256\$[0-9a-f]{64}"), "not_a_hash"),
    "identityType": _like(re.compile("emailAddress|identifier"), "unexpected"),
    "salt": _like(re.compile("[0-9a-f]{32}"), "not_a_salt"),
})  # fmt: skip
_ALIGNMENT = _closed(
    {"type": _exactly(["Alignment"]), "targetName": _text, "targetUrl": _address, "targetType": _exactly("CFItem")},
    allowed={"targetCode": _text, "targetFramework": _text},
)
_LEVEL = _closed(
    {"id": _address, "type": _exactly(["RubricCriterionLevel"]), "name": _text, "level": _text},
    allowed={"description": _text},
)
_DESCRIBED = _closed(
    {"id": _address, "type": _exactly(["ResultDescription"]), "name": _text, "resultType": _text},
    allowed={"requiredLevel": _address, "rubricCriterionLevel": _each(_LEVEL)},
)
_ACHIEVEMENT = _closed(
    {
        "id": _address,
        "type": _exactly(["Achievement"]),
        "achievementType": _text,
        "name": _text,
        "description": _text,
        "criteria": _closed({"narrative": _text}),
        "creator": _closed(
            {"id": _identifier, "type": _exactly(["Profile"]), "name": _text},
            allowed={"url": _address, "image": _IMAGE},
        ),
        "version": _text,
    },
    allowed={
        "image": _IMAGE,
        "inLanguage": _text,
        "humanCode": _text,
        "creditsAvailable": _amount,
        "alignment": _each(_ALIGNMENT),
        "resultDescription": _each(_DESCRIBED),
    },
)
_RESULT = _closed(
    {"type": _exactly(["Result"]), "resultDescription": _address},
    allowed={
        "achievedLevel": _address,
        "status": _exactly("Completed"),
        "value": _text,
        "alignment": _each(_ALIGNMENT),
    },
)
_SUBJECT = _closed(
    {"type": _exactly(["AchievementSubject"]), "identifier": _each(_IDENTITY), "achievement": _ACHIEVEMENT},
    allowed={"creditsEarned": _amount, "result": _each(_RESULT)},
)
BADGE = _closed(
    {
        "@context": _exactly([VC, OPEN_BADGES, EXTENSIONS]),
        "id": _address,
        "type": _exactly(["VerifiableCredential", "OpenBadgeCredential"]),
        "name": _text,
        "issuer": _ISSUER,
        "validFrom": _moment,
        "awardedDate": _moment,
        "credentialSubject": _SUBJECT,
        "credentialStatus": _STATUS,
        "credentialSchema": _exactly([{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}]),
        "proof": _PROOF,
    },
    allowed={"validUntil": _moment},
)
LIST = _closed({
    "@context": _exactly([VC]),
    "id": _address,
    "type": _exactly(["VerifiableCredential", "BitstringStatusListCredential"]),
    "issuer": _identifier,
    "validFrom": _moment,
    "validUntil": _moment,
    "credentialSubject": _closed({
        "id": _address,
        "type": _exactly("BitstringStatusList"),
        "statusPurpose": _exactly("revocation"),
        "ttl": _amount,
        "encodedList": _like(re.compile(r"u[A-Za-z0-9_-]+"), "not_multibase"),
    }),
    "proof": _PROOF,
})  # fmt: skip
