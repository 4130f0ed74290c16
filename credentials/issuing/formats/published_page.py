"""A signed document as a page shows it, read from the document alone, so that the page shows no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any


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


def _line(result: Mapping[str, Any], achievement: Mapping[str, Any]) -> ResultLine:
    described = {each["id"]: each for each in achievement["resultDescription"]}[result["resultDescription"]]
    levels = {each["id"]: each["name"] for each in described.get("rubricCriterionLevel", [])}
    aligned = {each["targetName"]: each for each in achievement.get("alignment", [])}.get(described["name"], {})
    return ResultLine(
        name=described["name"],
        code=aligned.get("targetCode", ""),
        url=aligned.get("targetUrl", ""),
        required=levels.get(described.get("requiredLevel", ""), ""),
        reached=levels.get(result.get("achievedLevel", ""), ""),
        way=result.get("value", ""),
    )


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
