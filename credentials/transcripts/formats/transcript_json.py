"""Transcripts as JSON, as they are stored and as partners get them.

`cairn-transcript@2` is `cairn-transcript@1` with the way in which each competency was met, the scale of a recognised
level, counts of competencies by way, milestones and exceptions. A stored transcript keeps its format, byte for byte.
"""

from collections.abc import Mapping
from typing import Any, cast

from core.text.canonical import Json
from credentials.papers.formats.facts_json import as_json, object_as_json, read_as
from credentials.transcripts.rules import TranscriptFacts, TranscriptFormat, figures_of

LATER_OF_PROGRAM = frozenset({"counts", "milestones", "exceptions"})
LATER_OF_COMPETENCY = frozenset({"way", "reached_scale"})
"""Members that the first format does not have."""


def transcript_as_json(facts: TranscriptFacts) -> dict[str, Json]:
    """The facts by name, with the figures that follow from them. `read_transcript` is the way back."""
    members = object_as_json(facts)
    programs: list[Json] = [
        {**object_as_json(program), "credits": [as_json(figures) for figures in figures_of(program.credit_lines)]}
        for program in facts.programs
    ]
    whole: dict[str, Any] = {
        **members,
        "programs": programs,
        "credits": [as_json(figures) for figures in facts.totals],
    }
    return _as_first(whole) if facts.format is TranscriptFormat.ONE else whole


def read_transcript(document: Mapping[str, Any]) -> TranscriptFacts:
    """The facts that were stored; figures are computed again, never read. Raises ValueError for another format."""
    first = TranscriptFormat(document.get("format", "")) is TranscriptFormat.ONE
    return cast("TranscriptFacts", read_as(TranscriptFacts, _as_newest(document) if first else document))


def _as_newest(document: Mapping[str, Any]) -> dict[str, Any]:
    """A transcript of the first format with the later members: nothing is said in them."""
    unsaid = {"way": "", "reached_scale": ""}
    programs = [{**program, "counts": None, "milestones": [], "exceptions": []} for program in document["programs"]]
    return {
        **document,
        "programs": [_with_competencies(program, unsaid) for program in programs],
        "awards": [_with_competencies(award, unsaid) for award in document["awards"]],
    }


def _with_competencies(entry: Mapping[str, Any], added: Mapping[str, str]) -> dict[str, Any]:
    return {**entry, "competencies": [{**found, **added} for found in entry["competencies"]]}


def _as_first(document: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the later members, so that the bytes are those that were stored."""
    return {
        **document,
        "programs": [_without_later(program) for program in document["programs"]],
        "awards": [_without_later(award) for award in document["awards"]],
    }


def _without_later(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in entry.items() if name not in LATER_OF_PROGRAM}
    competencies = [
        {name: value for name, value in found.items() if name not in LATER_OF_COMPETENCY}
        for found in entry["competencies"]
    ]
    return {**kept, "competencies": competencies}
