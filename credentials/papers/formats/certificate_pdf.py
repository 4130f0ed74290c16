"""The certificate as a PDF: a front page, an annex that explains it, and the signed credential as an attachment."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from competencies.formats.markup import html_of, line_of
from core.text.letters import isolated, printable, printable_lines
from credentials.papers.formats.paper_design import EmbeddedFile
from credentials.papers.formats.press import render_pdf
from credentials.papers.formats.qr import qr_svg
from credentials.papers.labels import (
    competencies_in_words,
    credits_in_words,
    day_format,
    document_language,
    kind_in_words,
    level_in_words,
    listed,
    milestone_in_words,
    reached_in_words,
    size_of,
    way_and_basis_in_words,
)
from credentials.papers.rules import MAX_STACKED_ON_FRONT, CertificateFacts
from programs.awards.rules import AwardFacts, CompetencyFact, ScaleFact

GREEN = "#16463b"
RECORD = "credential.json"


def certificate_pdf(facts: CertificateFacts) -> bytes:
    """The PDF in the language of the achievement; equal facts give equal bytes.

    Raises LettersWithoutFontError if no font has one of the letters.
    """
    with translation.override(document_language(facts.award.language)):
        html = render_to_string("credentials/paper/certificate.html", _context(facts))
        record = EmbeddedFile(facts.issued_at, RECORD, _("The credential file of this award"), facts.record)
    pictures = {"qr.svg": qr_svg(facts.check_url, colour=GREEN)}
    return render_pdf(html, style="certificate.css", pictures=pictures, attachments=[record] if facts.record else [])


def _context(facts: CertificateFacts) -> dict[str, Any]:
    award = _printable(facts.award)
    return {
        "facts": facts,
        "award": award,
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "day_format": day_format(),
        "name_size": size_of(award.name),
        "title_size": size_of(award.title),
        "kind": kind_in_words(award.achievement_type),
        "credits": isolated(credits_in_words(award.credits, award.credit_unit)) if award.credits else "",
        "sentences": list(_sentences(facts, award)),
        "dates": _dates(facts),
        "description": mark_safe(html_of(award.description)),  # noqa: S308  # cleaned by nh3
        "criteria": mark_safe(html_of(award.criteria)),  # noqa: S308  # cleaned by nh3
        "stacked": [
            f"{isolated(lower.title)}, {date_format(lower.awarded_on, day_format())}" for lower in award.stacked
        ],
        "rows": [_row(found, award.scales) for found in (*award.competencies, *award.waived)],
        "milestones": [milestone_in_words(found) for found in facts.milestones],
        "foot": _("The credential file of this award travels inside this PDF as %(file)s.") % {"file": RECORD},
        "about": _(
            "The achievement is written in %(language)s. The requirements were met, the award was made and this "
            "document "
            "was issued on the days that the first page gives; a document may be issued again, in another name for "
            "instance, and the award keeps its day. Whether it is valid can be checked at %(place)s with the code "
            "%(code)s."
        )
        % {
            "language": _language(award.language),
            "place": isolated(facts.check_place),
            "code": isolated(facts.code),
        },
        "program": _("Program: %(title)s (%(code)s), version %(version)s.")
        % {"title": award.program_title, "code": award.program_code, "version": award.program_version},
        "issuer": _("Issued by %(name)s, %(address)s, known to machines as %(issuer)s.")
        % {
            "name": award.organization_name,
            "address": award.organization_address.replace("\n", ", "),
            "issuer": facts.issuer,
        },
    }


def _sentences(facts: CertificateFacts, award: AwardFacts) -> list[str]:
    sentences = competencies_in_words(facts.counts)
    if 0 < len(award.stacked) <= MAX_STACKED_ON_FRONT:
        sentences.append(_("It is built on %(awards)s.") % {"awards": listed([lower.title for lower in award.stacked])})
    elif award.stacked:
        sentences.append(_("It is built on %(count)s awards, named overleaf.") % {"count": len(award.stacked)})
    return sentences


def _dates(facts: CertificateFacts) -> list[tuple[str, str]]:
    days = [
        (_("Requirements met"), facts.award.requirements_met_on),
        (_("Awarded"), facts.award.awarded_on),
        (_("This document issued"), facts.issued_on),
    ]
    if facts.award.valid_until:
        days.append((_("Valid through"), facts.award.valid_until - timedelta(days=1)))
    return [(label, date_format(day, day_format())) for label, day in days]


def _row(found: CompetencyFact, scales: Iterable[ScaleFact]) -> dict[str, Any]:
    return {
        "code": found.code,
        "statement": line_of(found.statement),
        "required": level_in_words(found.required_rank, found.required_level),
        "reached": reached_in_words(found, scales),
        "basis": way_and_basis_in_words(found),
        "achieved_on": found.achieved_on,
    }


def _printable(award: AwardFacts) -> AwardFacts:
    return replace(
        award,
        name=printable(award.name),
        title=printable(award.title),
        description=printable_lines(award.description),
        criteria=printable_lines(award.criteria),
        organization_name=printable(award.organization_name),
        organization_address=printable_lines(award.organization_address),
        program_title=printable(award.program_title),
        program_code=printable(award.program_code),
        credit_unit=printable(award.credit_unit),
        stacked=tuple(replace(lower, title=printable(lower.title)) for lower in award.stacked),
        competencies=tuple(map(_printable_competency, award.competencies)),
        waived=tuple(map(_printable_competency, award.waived)),
    )


def _printable_competency(found: CompetencyFact) -> CompetencyFact:
    return replace(found, code=printable(found.code), statement=printable_lines(found.statement))


def _language(code: str) -> str:
    try:
        return str(translation.get_language_info(code)["name_translated"])
    except KeyError:
        return code
