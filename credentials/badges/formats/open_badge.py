"""An award as an OpenBadgeCredential of Open Badges 3.0 (1EdTech, section 8.1), still without its proof."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from credentials.badges.formats import status_list
from credentials.badges.formats.contexts import EXTENSIONS, OPEN_BADGES, VC
from credentials.badges.formats.times import civil, day_start, instant
from credentials.badges.rules import Identity, IssuerFacts, PaperFacts
from programs.awards.rules import AwardFacts, CompetencyFact, ScaleFact

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
LEADS = ("http://", "https://")


def credential(facts: AwardFacts, *, issuer: IssuerFacts, paper: PaperFacts) -> dict[str, Any]:
    """The document that says what `facts` do. No name stands in it: who it is about are salted digests."""
    zone = ZoneInfo(facts.zone)
    return {
        "@context": [VC, OPEN_BADGES, EXTENSIONS],
        "id": paper.url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.title,
        "issuer": profile(issuer),
        "validFrom": instant(paper.issued_at, zone),
        **({"validUntil": day_start(facts.valid_until, zone)} if facts.valid_until else {}),
        "awardedDate": civil(facts.awarded_on, zone),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [_identity(each) for each in paper.identities],
            "achievement": achievement(facts, issuer=issuer, url=paper.achievement_url),
            **({"creditsEarned": _number(facts.credits)} if facts.credits is not None else {}),
            **_some("result", _results(facts, paper.achievement_url)),
        },
        "credentialStatus": status_list.entry(url=paper.status_list_url, index=paper.status_index),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def profile(issuer: IssuerFacts) -> dict[str, Any]:
    """Who signs."""
    told = {"url": issuer.url, "email": issuer.email, "description": issuer.description}
    return {"id": issuer.did, "type": ["Profile"], "name": issuer.name, **_told(told)}


def achievement(facts: AwardFacts, *, issuer: IssuerFacts, url: str) -> dict[str, Any]:
    """What was achieved, with the competencies that this award rests on."""
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
        **_told({"inLanguage": facts.language, "humanCode": facts.program_code}),
        **({"creditsAvailable": _number(facts.credits)} if facts.credits is not None else {}),
        **_some("alignment", list(_alignments(facts))),
        **_some("resultDescription", [_described(each, scales.get(each.scale), url) for each in facts.competencies]),
    }


def identity_hash(identity: Identity) -> str:
    """`sha256$` and the digest of value and salt, as Open Badges' IdentityHash has it; e-mails in small letters."""
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
    said = set()
    for each in facts.competencies:
        if each.uri.startswith(LEADS) and each.uri not in said:
            said.add(each.uri)
            told = {"targetCode": each.code, "targetFramework": each.framework}
            yield {
                "type": ["Alignment"],
                "targetName": each.statement or each.code,
                "targetUrl": each.uri,
                "targetType": "CFItem",
                **_told(told),
            }


def _described(each: CompetencyFact, scale: ScaleFact | None, url: str) -> dict[str, Any]:
    """What a result on this competency can be: a level of its scale, or that it is reached."""
    head = {"id": _result_id(each, url), "type": ["ResultDescription"], "name": each.statement or each.code}
    if scale is None:
        return {**head, "resultType": "Status"}
    asked = {"requiredLevel": _level_id(each, each.required_rank, url)} if each.required_rank else {}
    return {
        **head,
        "resultType": "RubricCriterionLevel",
        **asked,
        "rubricCriterionLevel": [
            {
                "id": _level_id(each, level.rank, url),
                "type": ["RubricCriterionLevel"],
                "name": level.title,
                "level": str(level.rank),
                **_told({"description": level.description}),
            }
            for level in scale.levels
        ],
    }


def _results(facts: AwardFacts, url: str) -> list[dict[str, Any]]:
    """What was reached, competency by competency."""
    scales = {scale.id for scale in facts.scales}
    found = []
    for each in facts.competencies:
        head = {"type": ["Result"], "resultDescription": _result_id(each, url)}
        if each.scale in scales and each.reached_rank:
            found.append({**head, "achievedLevel": _level_id(each, each.reached_rank, url)})
        else:
            found.append({**head, "status": "Completed"})
    return found


def _result_id(each: CompetencyFact, url: str) -> str:
    return f"{url}#{each.requirement}"


def _level_id(each: CompetencyFact, rank: int, url: str) -> str:
    return f"{url}#{each.requirement}/level-{rank}"


def _number(amount: Decimal) -> int | float:
    """Credits as the JSON number that the standard asks for; two places fit a double exactly enough to come back."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _told(members: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in members.items() if value}


def _some(name: str, members: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: members} if members else {}
