"""A signed document as a page can show it: read from the document alone, so that the page says no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class ReachedLine:
    """One result: what it is about, the level that was asked for, the one that was reached."""

    name: str
    code: str
    url: str
    asked: str
    reached: str


@dataclass(frozen=True)
class DocumentFacts:
    """What a badge says, ready to be laid out; dates are the civil ones that are written in it.

    `last_day` is the last one with it.
    """

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
    results: tuple[ReachedLine, ...]


def facts_of_document(document: Mapping[str, Any]) -> DocumentFacts:
    """The facts of a badge that we signed."""
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


def _line(result: Mapping[str, Any], achievement: Mapping[str, Any]) -> ReachedLine:
    described = {each["id"]: each for each in achievement["resultDescription"]}[result["resultDescription"]]
    levels = {each["id"]: each["name"] for each in described.get("rubricCriterionLevel", [])}
    aligned = {each["targetName"]: each for each in achievement.get("alignment", [])}.get(described["name"], {})
    return ReachedLine(
        name=described["name"],
        code=aligned.get("targetCode", ""),
        url=aligned.get("targetUrl", ""),
        asked=levels.get(described.get("requiredLevel", ""), ""),
        reached=levels.get(result.get("achievedLevel", ""), ""),
    )


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
