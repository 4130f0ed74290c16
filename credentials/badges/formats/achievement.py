"""The definition of an achievement version as an Achievement of Open Badges 3.0 (1EdTech, section 8.4).

It is made once, published at the address that badges name, and repeated in every badge. So it describes all that can be
reached in the version, and nothing that depends on a learner.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from credentials.badges.formats.contexts import EXTENSIONS, OPEN_BADGES, VC
from credentials.badges.rules import IssuerFacts
from programs.awards.rules import AchievementFacts, RequirementFact, ScaleFact

LEVELS = "rubricCriterionLevel"
LEADS = ("http://", "https://")
# A badge has 200 kB at most. From this length on the definition leaves out what levels mean, which scales publish too.
MAX_DETAILED_LENGTH = 120_000


def achievement_definition(
    facts: AchievementFacts, *, creator: IssuerFacts, url: str, earlier: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The Achievement at the address `url`, without its context.

    `earlier` are the result descriptions of badges that were signed before there was a definition. Each fragment that
    they use is described here too, so that it resolves.
    """
    descriptions = [_described(each, facts, url, detailed=True) for each in facts.requirements]
    if len(str(descriptions)) > MAX_DETAILED_LENGTH:
        descriptions = [_described(each, facts, url, detailed=False) for each in facts.requirements]
    return {
        "id": url,
        "type": ["Achievement"],
        "achievementType": facts.achievement_type,
        "name": facts.title,
        "description": facts.description or facts.title,
        "criteria": {"narrative": facts.criteria or facts.description or facts.title},
        "creator": creator_profile(creator),
        "image": picture(f"{url}/image"),
        "version": str(facts.number),
        **nonempty({"inLanguage": facts.language, "humanCode": facts.program_code}),
        **({"creditsAvailable": json_number(facts.credits)} if facts.credits is not None else {}),
        **some("alignment", list(_alignments(facts.requirements))),
        **some("resultDescription", _with_earlier(descriptions, earlier, url)),
    }


def published(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition as a document of its own: with the contexts that give its members their meaning."""
    return {"@context": [VC, OPEN_BADGES, EXTENSIONS], **definition}


def embedded(document: Mapping[str, Any]) -> dict[str, Any]:
    """The definition in a published document, as badges repeat it."""
    return {name: value for name, value in document.items() if name != "@context"}


def described_requirements(facts: AchievementFacts) -> dict[str, str]:
    """The keys of the requirements that the definition describes, each with the competency that it asks for."""
    return {each.key: each.competency for each in facts.requirements}


def creator_profile(issuer: IssuerFacts) -> dict[str, Any]:
    """Who made an achievement, as a Profile."""
    members = nonempty({"url": issuer.url})
    return {"id": issuer.did, "type": ["Profile"], "name": issuer.name, **members, "image": picture(issuer.image)}


def picture(address: str) -> dict[str, Any]:
    """An Image at an address."""
    return {"id": address, "type": "Image"}


def alignment(*, name: str, uri: str, code: str, framework: str) -> dict[str, Any] | None:
    """An Alignment with a competency; None for one whose identifier is no web address, which the standard asks for."""
    if not uri.startswith(LEADS):
        return None
    return {
        "type": ["Alignment"],
        "targetName": name,
        "targetUrl": uri,
        "targetType": "CFItem",
        **nonempty({"targetCode": code, "targetFramework": framework}),
    }


def level_id(key: str, rank: int, url: str) -> str:
    """The identifier of a level that can be reached in a requirement."""
    return f"{url}#{key}/level-{rank}"


def json_number(amount: Decimal) -> int | float:
    """Credits as the JSON number of the standard; a double keeps two decimal places exactly enough."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def nonempty(members: Mapping[str, str]) -> dict[str, str]:
    """The members that say something."""
    return {name: value for name, value in members.items() if value}


def some(name: str, members: list[dict[str, Any]]) -> dict[str, Any]:
    """A member that is left out where it would be an empty list."""
    return {name: members} if members else {}


def _alignments(requirements: Iterable[RequirementFact]) -> Iterator[dict[str, Any]]:
    """One for each competency that has a web address, in the order of the requirements."""
    seen = set()
    for each in requirements:
        aligned = alignment(name=each.title, uri=each.uri, code=each.code, framework=each.framework)
        if aligned is not None and each.uri not in seen:
            seen.add(each.uri)
            yield aligned


def _described(each: RequirementFact, facts: AchievementFacts, url: str, *, detailed: bool) -> dict[str, Any]:
    """The possible results of a requirement: the levels of its scale, or that it is completed."""
    head = {"id": f"{url}#{each.key}", "type": ["ResultDescription"], "name": each.title}
    scale = next((scale for scale in facts.scales if scale.id == each.scale), None)
    if scale is None:
        return {**head, "resultType": "Status"}
    ranks = {level.rank for level in scale.levels}
    required = {"requiredLevel": level_id(each.key, each.required_rank, url)} if each.required_rank in ranks else {}
    levels = list(_levels(each.key, scale, url, detailed=detailed))
    return {**head, "resultType": "RubricCriterionLevel", **required, LEVELS: levels}


def _levels(key: str, scale: ScaleFact, url: str, *, detailed: bool) -> Iterator[dict[str, Any]]:
    for level in scale.levels:
        yield {
            "id": level_id(key, level.rank, url),
            "type": ["RubricCriterionLevel"],
            "name": level.title,
            "level": str(level.rank),
            **nonempty({"description": level.description if detailed else ""}),
        }


def _with_earlier(
    descriptions: list[dict[str, Any]], earlier: Iterable[Mapping[str, Any]], url: str
) -> list[dict[str, Any]]:
    """The descriptions, and those of earlier badges that they lack, with each level that they lack."""
    by_id = {each["id"]: each for each in descriptions}
    for old in earlier:
        here = _at(old, url)
        kept = by_id.setdefault(here["id"], {name: value for name, value in here.items() if name != LEVELS})
        known = {level["id"] for level in kept.get(LEVELS, [])}
        missing = [moved for level in old.get(LEVELS, []) if (moved := _at(level, url))["id"] not in known]
        if missing:
            kept[LEVELS] = [*kept.get(LEVELS, []), *missing]
    return list(by_id.values())


def _at(part: Mapping[str, Any], url: str) -> dict[str, Any]:
    """A part of an earlier badge with its fragments below `url`: the installation may have had another address."""
    moved = {**part, "id": f"{url}#{part['id'].partition('#')[2]}"}
    if "requiredLevel" in part:
        moved["requiredLevel"] = f"{url}#{part['requiredLevel'].partition('#')[2]}"
    return moved
