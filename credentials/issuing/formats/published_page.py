"""A signed document as a page shows it, read from the document alone, so that the page shows no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from programs.audit.rules.figures import Way

WAYS = frozenset(Way)
"""What a result says about how its competency was met."""


@dataclass(frozen=True)
class ResultLine:
    """One result: the competency, the required level, the reached one, and how it was met if it was not mastered."""

    name: str
    code: str
    url: str
    required: str
    reached: str
    way: str = ""


@dataclass(frozen=True)
class DocumentFacts:
    """The content of a badge for a page, with its civil dates; `last_day` is the last valid day."""

    title: str
    description: str
    criteria: str
    language: str
    issuer: str
    issuer_url: str
    awarded_on: date
    issued_on: date
    last_day: date | None
    credits: str
    achievement_url: str
    results: tuple[ResultLine, ...]


def facts_of_document(document: Mapping[str, Any]) -> DocumentFacts:
    """The facts of a badge that we signed, from its document."""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    return DocumentFacts(
        title=document["name"],
        description=achievement["description"],
        criteria=achievement["criteria"]["narrative"],
        language=achievement.get("inLanguage", ""),
        issuer=document["issuer"]["name"],
        issuer_url=document["issuer"].get("url", ""),
        awarded_on=_day(document["awardedDate"]),
        issued_on=_day(document["validFrom"]),
        last_day=_day(document["validUntil"]) - timedelta(days=1) if "validUntil" in document else None,
        credits=f"{subject['creditsEarned']:g}" if "creditsEarned" in subject else "",
        achievement_url=achievement["id"],
        results=tuple(_line(each, achievement) for each in subject.get("result", [])),
    )


@dataclass(frozen=True)
class DescribedPart:
    """A part of an achievement that results can name: its fragment, name, and levels with their fragments."""

    fragment: str
    name: str
    levels: tuple[tuple[str, str, str], ...]


def described_parts(achievement: Mapping[str, Any]) -> list[DescribedPart]:
    """The parts that an achievement describes, so that each identifier in a badge leads to its place on the page."""
    return [
        DescribedPart(
            _fragment(each),
            each["name"],
            tuple(
                (_fragment(level), level["name"], level.get("description", ""))
                for level in each.get("rubricCriterionLevel", [])
            ),
        )
        for each in achievement.get("resultDescription", [])
    ]


def _fragment(part: Mapping[str, Any]) -> str:
    return str(part["id"]).partition("#")[2]


def _line(result: Mapping[str, Any], achievement: Mapping[str, Any]) -> ResultLine:
    described = {each["id"]: each for each in achievement["resultDescription"]}[result["resultDescription"]]
    levels = {each["id"]: each["name"] for each in described.get("rubricCriterionLevel", [])}
    # What the achievement does not name itself, as with free credits, the result names.
    value = result.get("value", "")
    if "alignment" in result or (value and value not in WAYS):
        return _named_by_result(result, described["name"])
    aligned = {each["targetName"]: each for each in achievement.get("alignment", [])}.get(described["name"], {})
    return ResultLine(
        name=described["name"],
        code=aligned.get("targetCode", ""),
        url=aligned.get("targetUrl", ""),
        required=levels.get(described.get("requiredLevel", ""), ""),
        reached=levels.get(result.get("achievedLevel", ""), ""),
        way=value,
    )


def _named_by_result(result: Mapping[str, Any], part: str) -> ResultLine:
    aligned, value = next(iter(result.get("alignment", [])), None), result.get("value", "")
    if aligned is None:
        return ResultLine(name=value or part, code="", url="", required="", reached="")
    return ResultLine(
        name=aligned["targetName"],
        code=aligned.get("targetCode", ""),
        url=aligned["targetUrl"],
        required="",
        reached="" if value in WAYS else value,
        way=value if value in WAYS else "",
    )


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
