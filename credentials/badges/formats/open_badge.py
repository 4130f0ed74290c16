"""An award as an OpenBadgeCredential of Open Badges 3.0 (1EdTech, section 8.1), still without its proof."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from credentials.badges.formats import status_list
from credentials.badges.formats.contexts import EXTENSIONS, OPEN_BADGES, VC
from credentials.badges.formats.times import civil, day_start, instant
from credentials.badges.rules import CredentialFacts, Identity, IssuerFacts
from programs.awards.rules import AwardFacts, CompetencyFact, ScaleFact

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
MASTERED = "mastered"
LEADS = ("http://", "https://")


def credential(facts: AwardFacts, *, issuer: IssuerFacts, issued: CredentialFacts) -> dict[str, Any]:
    """The document about the award `facts`. It contains no name: the holder is named by salted digests."""
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
            "achievement": achievement(facts, issuer=issuer, url=issued.achievement_url),
            **({"creditsEarned": _number(facts.credits)} if facts.credits is not None else {}),
            **_some("result", _results(facts, issued.achievement_url)),
        },
        "credentialStatus": status_list.entry(url=issued.status_list_url, index=issued.status_index),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def profile(issuer: IssuerFacts) -> dict[str, Any]:
    """The issuer as a Profile."""
    members = {"url": issuer.url, "email": issuer.email, "description": issuer.description}
    return {"id": issuer.did, "type": ["Profile"], "name": issuer.name, **_nonempty(members)}


def achievement(facts: AwardFacts, *, issuer: IssuerFacts, url: str) -> dict[str, Any]:
    """The achievement, with the competencies that this award is based on."""
    scales = {scale.id: scale for scale in facts.scales}
    return {
        "id": url,
        "type": ["Achievement"],
        "achievementType": facts.achievement_type,
        "name": facts.title,
        "description": facts.description or facts.title,
        "criteria": {"narrative": facts.criteria or facts.description or facts.title},
        "creator": {"id": issuer.did, "type": ["Profile"], "name": issuer.name},
        "version": str(facts.achievement_version),
        **_nonempty({"inLanguage": facts.language, "humanCode": facts.program_code}),
        **({"creditsAvailable": _number(facts.credits)} if facts.credits is not None else {}),
        **_some("alignment", list(_alignments(facts))),
        **_some("resultDescription", [_described(each, scales.get(each.scale), url) for each in facts.competencies]),
    }


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


def _alignments(facts: AwardFacts) -> Iterator[dict[str, Any]]:
    """One for each competency that has an address, in the order of the requirements."""
    seen = set()
    for each in facts.competencies:
        if each.uri.startswith(LEADS) and each.uri not in seen:
            seen.add(each.uri)
            members = {"targetCode": each.code, "targetFramework": each.framework}
            yield {
                "type": ["Alignment"],
                "targetName": each.statement or each.code,
                "targetUrl": each.uri,
                "targetType": "CFItem",
                **_nonempty(members),
            }


def _described(each: CompetencyFact, scale: ScaleFact | None, url: str) -> dict[str, Any]:
    """The possible results of this competency: the levels of its scale, or that it is reached."""
    head = {"id": _result_id(each, url), "type": ["ResultDescription"], "name": each.statement or each.code}
    if scale is None:
        return {**head, "resultType": "Status"}
    required = {"requiredLevel": _level_id(each, each.required_rank, url)} if each.required_rank else {}
    return {
        **head,
        "resultType": "RubricCriterionLevel",
        **required,
        "rubricCriterionLevel": [
            {
                "id": _level_id(each, level.rank, url),
                "type": ["RubricCriterionLevel"],
                "name": level.title,
                "level": str(level.rank),
                **_nonempty({"description": level.description}),
            }
            for level in scale.levels
        ],
    }


def _results(facts: AwardFacts, url: str) -> list[dict[str, Any]]:
    """The result of each competency; its value says how the competency was met, where it was not mastered here."""
    scales = {scale.id for scale in facts.scales}
    found = []
    for each in facts.competencies:
        head = {"type": ["Result"], "resultDescription": _result_id(each, url)}
        # A level on another scale is none of those that the result description lists.
        way = {} if each.way in {"", MASTERED} else {"value": each.way}
        if each.scale in scales and each.reached_rank and not each.reached_scale:
            found.append({**head, "achievedLevel": _level_id(each, each.reached_rank, url), **way})
        else:
            found.append({**head, "status": "Completed", **way})
    return found


def _result_id(each: CompetencyFact, url: str) -> str:
    return f"{url}#{each.requirement}"


def _level_id(each: CompetencyFact, rank: int, url: str) -> str:
    return f"{url}#{each.requirement}/level-{rank}"


def _number(amount: Decimal) -> int | float:
    """Credits as the JSON number of the standard; a double keeps two decimal places exactly enough."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _nonempty(members: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in members.items() if value}


def _some(name: str, members: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: members} if members else {}
