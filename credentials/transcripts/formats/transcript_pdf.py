"""The transcript as a PDF: programs, competencies, awards, how to check it; its JSON is an attachment."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from competencies.formats.markup import line_of
from core.text.canonical import canonical
from core.text.letters import isolated, printable, printable_lines, shortened
from credentials.papers.formats.paper_design import EmbeddedFile
from credentials.papers.formats.press import render_pdf
from credentials.papers.formats.qr import qr_svg
from credentials.papers.labels import (
    amount_in_words,
    credits_in_words,
    day_format,
    document_language,
    enrollment_state_in_words,
    exception_in_words,
    kind_in_words,
    level_in_words,
    milestone_in_words,
    reached_in_words,
    way_and_basis_in_words,
)
from credentials.transcripts.formats.transcript_json import transcript_as_json
from credentials.transcripts.rules import (
    CreditFigures,
    ProgramFact,
    TranscriptAwardFact,
    TranscriptFacts,
    TranscriptKind,
    figures_of,
)
from programs.audit.rules.figures import Way
from programs.awards.rules import CompetencyFact, ScaleFact
from programs.pathway.labels import definition_of, ways_in_words
from programs.rules.enrollment import EnrollmentState

GREEN = "#16463b"
RECORD = "transcript.json"
SHORT = 30


def transcript_pdf(facts: TranscriptFacts, *, check_url: str) -> bytes:
    """The PDF; equal facts give equal bytes. Raises LettersWithoutFontError if no font has one of the letters."""
    with translation.override(document_language(facts.language)):
        html = render_to_string("credentials/paper/transcript.html", transcript_parts(facts, check_url))
        record = EmbeddedFile(
            facts.made_at, RECORD, _("The facts of this transcript"), canonical(transcript_as_json(facts))
        )
    pictures = {"qr.svg": qr_svg(check_url, colour=GREEN)}
    return render_pdf(html, style="transcript.css", pictures=pictures, attachments=[record])


def transcript_parts(facts: TranscriptFacts, check_url: str) -> dict[str, Any]:
    """The parts of a transcript in the active language, for the PDF and for the page of a sharing link."""
    official = facts.kind is TranscriptKind.OFFICIAL
    issuer = {"name": printable(facts.issuer.name)}
    return {
        "facts": facts,
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "day_format": day_format(),
        "official": official,
        "kind": _("Official transcript") if official else _("Learner's own copy"),
        "issuer": issuer,
        "address": printable_lines(facts.issuer.address).replace("\n", ", "),
        "holder": {"name": printable(facts.holder.name), "short": shortened(printable(facts.holder.name), SHORT)},
        "lines": _lines(facts),
        "awards": [_award(award) for award in facts.awards],
        "programs": [
            _program(program, facts.scales, awarded=[it for it in facts.awards if it.program == program.program])
            for program in facts.programs
        ],
        "totals": [_figures(figures) for figures in facts.totals] if len(facts.programs) > 1 else [],
        "definitions": [definition_of(figure) for figure in ("attempted", "earned", "awarded")],
        "scales": facts.scales,
        "check_url": check_url,
        "how": _(
            "Enter the serial %(serial)s at %(place)s, or scan the QR code: the answer says whether this transcript "
            "is valid. Each award listed has a code of its own: entered there, it says whether the award stands "
            "today. The facts of this transcript travel inside this PDF as %(file)s: upload them there to compare "
            "them word for word."
        )
        % {
            name: isolated(text)
            for name, text in (("place", facts.check_place), ("file", RECORD), ("serial", facts.serial))
        },
        "issued": _("Made by %(issuer)s on %(day)s. Its credentials are signed by %(did)s.")
        % {"issuer": issuer["name"], "day": _day(facts.made_on), "did": facts.issuer.did}
        if facts.issuer.did
        else _("Made by %(issuer)s on %(day)s.") % {"issuer": issuer["name"], "day": _day(facts.made_on)},
    }


def _lines(facts: TranscriptFacts) -> list[tuple[str, str]]:
    lines = [
        (_("Name"), printable(facts.holder.name)),
        (_("Learner number"), printable(facts.holder.number)),
        (_("Transcript"), facts.serial),
        (_("Made on"), _day(facts.made_on)),
    ]
    if facts.supersedes:
        lines.append((_("Takes the place of"), facts.supersedes))
    return lines


def _award(award: TranscriptAwardFact) -> dict[str, Any]:
    about = [kind_in_words(award.achievement_type)]
    if award.valid_until:
        about.append(_("Valid through %(day)s") % {"day": _day(award.valid_until - timedelta(days=1))})
    return {
        "title": printable(award.title),
        "about": " · ".join(about),
        "met_on": _day(award.requirements_met_on),
        "awarded_on": _day(award.awarded_on),
        "credits": credits_in_words(award.credits, printable(award.credit_unit)),
        "code": award.code,
    }


def _program(
    program: ProgramFact, scales: Collection[ScaleFact], *, awarded: Collection[TranscriptAwardFact]
) -> dict[str, Any]:
    bears = any(found.credits for found in program.competencies)
    return {
        "title": printable(program.title),
        "about": ". ".join(_about(program, awarded)) + ".",
        "unit": printable(program.credit_unit),
        "bears": bears,
        "rows": [_row(found, scales) for found in program.competencies],
        "milestones": [milestone_in_words(found) for found in program.milestones],
        "figures": [_figures(figures) for figures in figures_of(program.credit_lines)],
        "exceptions": [exception_in_words(fact) for fact in program.exceptions],
    }


def _about(program: ProgramFact, awarded: Collection[TranscriptAwardFact]) -> list[str]:
    # An enrollment stays open until a registrar completes it, but readers ask whether the program was awarded.
    over = bool(awarded) and program.standing in {EnrollmentState.ADMITTED, EnrollmentState.ACTIVE}
    sentences = [
        _("%(code)s, version %(version)s, %(organization)s")
        % {
            "code": printable(program.code),
            "version": program.version,
            "organization": printable(program.organization),
        },
        enrollment_state_in_words("awarded" if over else program.standing),
    ]
    if program.admitted_on:
        sentences.append(_("Admitted %(day)s") % {"day": _day(program.admitted_on)})
    if program.requirements_met_on:
        sentences.append(_("Requirements met %(day)s") % {"day": _day(program.requirements_met_on)})
        # The program is stated as this award decided it, whatever has changed on record since.
        stated = [it.awarded_on for it in awarded if it.requirements_met_on == program.requirements_met_on]
        if stated:
            sentences.append(_("Figures and levels as awarded on %(day)s") % {"day": _day(max(stated))})
    if program.asked_count:
        sentences.append(
            ngettext(
                "%(shown)s of %(asked)s competency counts",
                "%(shown)s of %(asked)s competencies count",
                program.asked_count,
            )
            % {"shown": program.shown_count, "asked": program.asked_count}
        )
    if program.counts is not None and program.counts.mastered != program.counts.met:
        sentences.append(ways_in_words({way: getattr(program.counts, way) for way in Way}))
    return sentences


def _row(found: CompetencyFact, scales: Collection[ScaleFact]) -> dict[str, Any]:
    return {
        "code": printable(found.code),
        "statement": line_of(printable_lines(found.statement)),
        "required": level_in_words(found.required_rank, found.required_level),
        "reached": reached_in_words(found, scales),
        "basis": way_and_basis_in_words(found),
        "since": _day(found.achieved_on) if found.achieved_on else "",
        "credits": amount_in_words(found.credits),
    }


def _figures(figures: CreditFigures) -> str:
    return _("%(unit)s: %(attempted)s attempted, %(earned)s earned, %(awarded)s awarded") % {
        "unit": printable(figures.unit),
        "attempted": amount_in_words(figures.attempted),
        "earned": amount_in_words(figures.earned),
        "awarded": amount_in_words(figures.awarded),
    }


def _day(day: date) -> str:
    return date_format(day, day_format())
