"""Twenty ways to tamper with a signed credential, each of which a verifier has to notice."""

import copy
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Change = Callable[[Document], None]


def _set(*path: str | int, to: Any) -> Change:
    def change(document: Document) -> None:
        *steps, last = path
        place: Any = document
        for step in steps:
            place = place[step]
        place[last] = to

    return change


def _drop(*path: str | int) -> Change:
    def change(document: Document) -> None:
        *steps, last = path
        place: Any = document
        for step in steps:
            place = place[step]
        del place[last]

    return change


def _other_index(document: Document) -> None:
    status = document["credentialStatus"]
    status["statusListIndex"] = str((int(status["statusListIndex"]) + 1) % 131_072)


def _flip_proof(document: Document) -> None:
    value = document["proof"]["proofValue"]
    document["proof"]["proofValue"] = value[:-1] + ("2" if value[-1] != "2" else "3")


def _another_key(document: Document) -> None:
    document["proof"]["verificationMethod"] += "0"


def _add_identity(document: Document) -> None:
    first = document["credentialSubject"]["identifier"][0]
    document["credentialSubject"]["identifier"].append({**first, "identityHash": "sha256$" + "0" * 64})


SUBJECT = "credentialSubject"
TAMPERINGS: dict[str, Change] = {
    "another title": _set("name", to="Something grander"),
    "another achievement": _set(SUBJECT, "achievement", "name", to="Something grander"),
    "another description": _set(SUBJECT, "achievement", "description", to="Everything."),
    "other criteria": _set(SUBJECT, "achievement", "criteria", "narrative", to="Nothing was asked."),
    "another type of achievement": _set(SUBJECT, "achievement", "achievementType", to="DoctoralDegree"),
    "another day of the award": _set("awardedDate", to="1999-01-01T12:00:00Z"),
    "another moment of issue": _set("validFrom", to="1999-01-01T12:00:00Z"),
    "an end that is pushed back": _set("validUntil", to="2199-01-01T12:00:00Z"),
    "another issuer": _set("issuer", "id", to="did:web:elsewhere.example"),
    "another name of the issuer": _set("issuer", "name", to="University of Elsewhere"),
    "another holder": _set(SUBJECT, "identifier", 0, "identityHash", to="sha256$" + "0" * 64),
    "a second holder": _add_identity,
    "the salt": _set(SUBJECT, "identifier", 0, "salt", to="0123456789abcdef" * 2),
    "another bit of the list": _other_index,
    "the status taken away": _drop("credentialStatus"),
    "another purpose of the status": _set("credentialStatus", "statusPurpose", to="suspension"),
    "one character of the proof": _flip_proof,
    "another key": _another_key,
    "another instant of signing": _set("proof", "created", to="1999-01-01T12:00:00Z"),
    "the proof taken away": _drop("proof"),
}


def tampered(document: Document, name: str) -> Document:
    """A copy of `document`, changed as `name` says."""
    changed = copy.deepcopy(document)
    TAMPERINGS[name](changed)
    return changed
