"""Transcripts as JSON, as they are stored and as partners get them."""

from collections.abc import Mapping
from typing import Any, cast

from core.text.canonical import Json
from credentials.papers.formats.facts_json import as_json, object_as_json, read_as
from credentials.transcripts.rules import TranscriptFacts, figures_of

FORMAT = "cairn-transcript@1"
# Transcripts without exceptions stay what they were before there was this member.
WITHOUT_EXCEPTIONS = frozenset({"exceptions"})


def transcript_as_json(facts: TranscriptFacts) -> dict[str, Json]:
    """The facts by name, with the figures that follow from them. `read_transcript` is the way back."""
    members = object_as_json(facts)
    programs: list[Json] = [
        {
            **object_as_json(program, without=frozenset() if program.exceptions else WITHOUT_EXCEPTIONS),
            "credits": [as_json(figures) for figures in figures_of(program.credit_lines)],
        }
        for program in facts.programs
    ]
    return {
        "format": FORMAT,
        **members,
        "programs": programs,
        "credits": [as_json(figures) for figures in facts.totals],
    }


def read_transcript(document: Mapping[str, Any]) -> TranscriptFacts:
    """The facts that were stored; figures are computed again, never read. Raises ValueError for another format."""
    if document.get("format") != FORMAT:
        raise ValueError(document.get("format"))
    return cast("TranscriptFacts", read_as(TranscriptFacts, document))
