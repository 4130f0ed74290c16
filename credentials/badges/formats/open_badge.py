"""An award as an OpenBadgeCredential of Open Badges 3.0 (1EdTech, section 8.1), still without its proof."""

import hashlib
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from credentials.badges.formats import status_list
from credentials.badges.formats.achievement import alignment, json_number, level_id, nonempty, picture, some
from credentials.badges.formats.contexts import EXTENSIONS, OPEN_BADGES, VC
from credentials.badges.formats.times import civil, day_start, instant
from credentials.badges.rules import CredentialFacts, Definition, Identity, IssuerFacts
from programs.awards.rules import AwardFacts, CompetencyFact

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
MASTERED = "mastered"


def credential(
    facts: AwardFacts, *, definition: Definition, issuer: IssuerFacts, issued: CredentialFacts
) -> dict[str, Any]:
    """The document about the award `facts`. It contains no name: the holder is named by salted digests.

    The achievement is the frozen definition, the same for every learner; what this one reached stands in `result`.
    Evidence is not embedded, because the holder has not consented to that by having an award.
    """
    zone = ZoneInfo(facts.zone)
    return {
        "@context": [VC, OPEN_BADGES, EXTENSIONS],
        "id": issued.url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.title,
        "issuer": profile(issuer),
        "validFrom": instant(issued.issued_at, zone),
        **({"validUntil": day_start(facts.valid_until, zone)} if facts.valid_until else {}),
        "awardedDate": civil(facts.awarded_on, zone),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [_identity(each) for each in issued.identities],
            "achievement": dict(definition.achievement),
            **({"creditsEarned": json_number(facts.credits)} if facts.credits is not None else {}),
            **some("result", _results(facts, definition)),
        },
        "credentialStatus": status_list.entry(url=issued.status_list_url, index=issued.status_index),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def profile(issuer: IssuerFacts) -> dict[str, Any]:
    """The issuer as a Profile."""
    members = {"url": issuer.url, "email": issuer.email, "description": issuer.description}
    head = {"id": issuer.did, "type": ["Profile"], "name": issuer.name}
    return {**head, **nonempty(members), "image": picture(issuer.image)}


def identity_hash(identity: Identity) -> str:
    """`sha256$` and the digest of value and salt (IdentityHash of Open Badges 3.0); e-mails in lower case."""
    value = identity.value.lower() if identity.kind == "emailAddress" else identity.value
    return "sha256$" + hashlib.sha256((value + identity.salt).encode()).hexdigest()


def _identity(identity: Identity) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(identity),
        "identityType": identity.kind,
        "salt": identity.salt,
    }


def _results(facts: AwardFacts, definition: Definition) -> list[dict[str, Any]]:
    """What was reached, in each competency that counted; then each that an exception met, which reached nothing."""
    descriptions = definition.achievement.get("resultDescription", [])
    levels = {level["id"] for each in descriptions for level in each.get("rubricCriterionLevel", [])}
    if not descriptions:
        return []
    statuses = {each["id"] for each in descriptions if each["resultType"] == "Status"}
    return [
        *(_result(each, definition, levels) for each in facts.competencies),
        *(_excepted(each, definition, statuses) for each in facts.waived),
    ]


def _excepted(each: CompetencyFact, definition: Definition, statuses: set[str]) -> dict[str, Any]:
    """A competency that an exception met: `value` says by which act, and no level is claimed.

    `statuses` are the descriptions whose results must have a status. None of the standard's words says that nothing was
    asked for; `Completed` is the one for a requirement that is met, and `value` says how.
    """
    if definition.described.get(each.requirement) == each.id:
        part = f"{definition.url}#{each.requirement}"
        status = {"status": "Completed"} if part in statuses else {}
        return {"type": ["Result"], "resultDescription": part, **status, "value": each.way}
    return _result(replace(each, reached_level=""), definition, set())


def _result(each: CompetencyFact, definition: Definition, levels: set[str]) -> dict[str, Any]:
    """The level that was reached in a requirement that asks for this competency, otherwise the competency by name.

    `value` says how the competency was met, where it was not mastered here.
    """
    head: dict[str, Any] = {"type": ["Result"]}
    way = "" if each.way == MASTERED else each.way
    if definition.described.get(each.requirement) == each.id:
        head["resultDescription"] = f"{definition.url}#{each.requirement}"
        reached = level_id(each.requirement, each.reached_rank or 0, definition.url)
        # A level on another scale is none of those that the definition lists.
        listed = reached in levels and not each.reached_scale
        return {
            **head,
            **({"achievedLevel": reached} if listed else {"status": "Completed"}),
            **nonempty({"value": way}),
        }
    head |= {"resultDescription": _around(each.requirement, definition), "status": "Completed"}
    name, reached = each.statement or each.code, way or each.reached_level
    aligned = alignment(name=name, uri=each.uri, code=each.code, framework=each.framework)
    if aligned is None:
        return {**head, "value": f"{name} ({reached})" if reached else name}
    return {**head, **nonempty({"value": reached}), "alignment": [aligned]}


def _around(key: str, definition: Definition) -> str:
    """The nearest part of the definition that stands for all that can be reached in it, at the latest the whole.

    A stacked award may be of another version than the definition describes, and free credits and exceptions take
    competencies that it does not name.
    """
    parts = key.split("/")
    for length in range(len(parts), 0, -1):
        inside = "/".join(parts[:length])
        if definition.described.get(inside) == "":
            return f"{definition.url}#{inside}"
    return str(definition.achievement["resultDescription"][0]["id"])
