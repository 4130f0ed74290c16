"""What six places say of one person: pathway page, award page, certificate, transcript, API, and desk.

Each place is rendered as people get it, and read back as text: nothing here asks the query that all of them use.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Learner, Organization
from credentials.issuing.queries.credentials import current_credential_of
from credentials.papers.formats.certificate_pdf import certificate_pdf
from credentials.papers.queries import certificate_facts
from credentials.papers.rules import CertificateFacts
from credentials.transcripts.formats.transcript_pdf import transcript_parts
from credentials.transcripts.queries.stored_transcripts import stored_facts
from programs.audit.queries.audits import columns_of
from programs.models import Award, Enrollment
from programs.pathway.queries.pathways import pathway_of
from tests.credentials.printed import Paper
from tests.credentials.sharing_places import Api, new_transcript, shared

FIGURE = re.compile(
    r'<li><bdi class="figure">(?P<number>[^<]*)</bdi> <span class="muted">(?P<what>[^<]*)</span>'
    r'(?: <span class="fine muted">(?P<note>[^<]*)</span>)?</li>'
)
LEAF = re.compile(
    r'<li class="pathway-leaf pathway-\w+" id="node-(?P<key>[\w-]+)">.*?'
    r'<p class="pathway-word">(?P<word>[^<]*)</p></li>',
    re.DOTALL,
)
WORDS = {"mastered": "Mastered", "recognised": "Recognised", "substituted": "Met by a substitute", "waived": "Waived",
         "forced": "Completed by exception"}  # fmt: skip
COMPETENCIES = ("competencies mastered", "competencies met")
ON_RECORD = re.compile(r'<p class="eyebrow figures-label">\s*On record ')
OF_NOTHING_AWARDED = ('<h2 id="closest">Closest', "Next steps", "What would complete it", "Everything is met")
"""What no page says where a program is awarded and less is on record now."""


@dataclass(frozen=True)
class Places:
    """The six places for one person; `papers` also renders PDFs and asks the API, which takes longer."""

    learner: Learner
    at: datetime
    desk: Client
    own: Client
    papers: bool = False
    api: Api | None = None
    partner: Organization | None = None

    def differences(self) -> Iterator[str]:
        """Yield each sentence in which two places contradict each other."""
        made = new_transcript(self.learner)
        told: dict[str, Any] = dict(made.facts or {})
        if self.api is not None:
            shared(made, self.partner)
            told = self.api.get(f"transcripts/{made.public_id}").json()
        paper = transcript_parts(stored_facts(made), "https://example.org/verify")
        printed = [" ".join([part["about"], *part["figures"]]) for part in paper["programs"]]
        for program, words in zip(told["programs"], printed, strict=True):
            yield from self._of_program(program, words)
        for listed in told["awards"]:
            yield from self._of_award(listed, told)
        yield from wrong_totals(told)

    def _of_program(self, program: Mapping[str, Any], words: str) -> Iterator[str]:
        """Compare a program on the transcript with its pathway and with the desk."""
        name, expected = program["title"], figures_of_transcript(program)
        counted = f"{program['shown_count']} of {program['asked_count']}"
        if program["asked_count"] and counted not in words:
            yield f"{name}: the paper says {words}, its facts {counted}"
        if not program["enrollment"]:
            return
        enrollment = Enrollment.objects.select_related("progress").get(public_id=program["enrollment"])
        desk = self.desk.get(reverse("admin:programs_enrollment_change", args=[enrollment.pk])).text
        pages = {"desk": desk}
        answer = self.own.get(reverse("pathway:pathway", args=[enrollment.public_id]))
        if answer.status_code == 200:
            pages["pathway"] = answer.text
        for place, page in pages.items():
            found = figures_on_page(page)
            if found != expected:
                yield f"{name}: {place} {found}, transcript {expected}"
            if not on_record(page):
                yield from self._words(place, page, program)
            elif wrong := [words for words in OF_NOTHING_AWARDED if words in page]:
                yield f"{name}: {place} says {wrong} beside its award"
        if len({str(on_record(page)) for page in pages.values()}) > 1:
            yield f"{name}: pages do not agree on what is on record now"
        if program["requirements_met_on"] and "Figures and levels as awarded on" not in words:
            yield f"{name}: the transcript does not say that its figures are those of the award: {words}"
        yield from self._stored(enrollment, desk, awarded=bool(on_record(desk)))

    def _words(self, place: str, page: str, program: Mapping[str, Any]) -> Iterator[str]:
        """Compare the word of each competency that is met on the page with the one on the transcript."""
        on_page = {found["key"].replace("-", "/"): found["word"] for found in LEAF.finditer(page)}
        for row in program["competencies"]:
            # A mastery that has lapsed since its award reads as what it is now.
            word = on_page.get(row["requirement"], "")
            if word in WORDS.values() and word != WORDS[row["way"]]:
                yield f"{program['title']}, {row['requirement']}: {place} {word}, transcript {row['way']}"

    def _stored(self, enrollment: Enrollment, desk: str, *, awarded: bool) -> Iterator[str]:
        """Compare what the pages audit with the stored answer, and the percent on the page with the stored one."""
        kept = enrollment.progress
        if kept.stale_since is not None or (kept.holds_until is not None and kept.holds_until <= self.at):
            return
        pathway = pathway_of(enrollment, at=self.at)
        columns = columns_of(pathway.audit, on=pathway.on, zone=pathway.facts.zone)
        if columns["digest"] != kept.digest:
            yield f"{enrollment}: its pages do not show the stored audit"
        short = f"{kept.percent} % are on record" if awarded else f"{kept.percent} % completed"
        told = "Everything is met" if kept.percent == 100 else short
        if told not in desk:
            yield f"{enrollment}: the desk does not say {told}"

    def _of_award(self, listed: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
        """Compare an award on the transcript with its own page and its certificate."""
        row = Award.objects.get(public_id=listed["award"])
        page = self.desk.get(reverse("admin:programs_award_change", args=[row.pk])).text
        credit = Decimal(listed["credits"] or 0)
        found = figures_of_award_page(page)
        if found.get("credits awarded", "0") != plain(credit):
            yield f"{row}: the desk {found}, the transcript {credit} credits"
        for program in told["programs"]:
            # The program of the award itself; an award of another enrollment in it is not this one's.
            if program["program"] == listed["program"] and program["requirements_met_on"]:
                expected = figures_of_transcript(program)
                if found != {what: said[0] for what, said in expected.items()}:
                    yield f"{row}: the desk {found}, its program on the transcript {expected}"
        credential = current_credential_of(row)
        if credential is not None:
            yield from self._of_certificate(certificate_facts(credential), row, listed, found)

    def _of_certificate(
        self, facts: CertificateFacts, row: Award, listed: Mapping[str, Any], found: Mapping[str, str]
    ) -> Iterator[str]:
        """Compare a certificate with the transcript and with the award's own page."""
        credit = Decimal(listed["credits"] or 0)
        if facts.award.credits != (None if listed["credits"] is None else credit):
            yield f"{row}: the certificate {facts.award.credits}, the transcript {credit} credits"
        counts, asked = facts.counts, f"{facts.counts.met} of {facts.counts.asked}"
        here = found.get("competencies", "0 of 0")
        if here != asked:
            yield f"{row}: the certificate {asked}, the desk {here}"
        if self.papers:
            face = Paper(certificate_pdf(facts)).text(1)
            if counts.asked and ("were shown" in face or "was shown" in face) != bool(counts.mastered):
                yield f"{row}: the certificate says {face}"
            others = {WORDS[way]: getattr(counts, way) for way in WORDS if way != "mastered" and getattr(counts, way)}
            if [word for word, count in others.items() if f"{word}: {count}" not in face]:
                yield f"{row}: the certificate does not say how its competencies were met: {face}"


def plain(amount: Decimal) -> str:
    """An amount as pages write it."""
    return f"{amount.normalize():f}"


def figures_on_page(page: str) -> dict[str, tuple[str, str]]:
    """The figures of a page: what each counts, its number, and how competencies were met.

    Of an award where one is in force; what is on record now stands below it, see `on_record`.
    """
    return _figures_in(ON_RECORD.split(page)[0])


def on_record(page: str) -> dict[str, tuple[str, str]] | None:
    """The figures of a page that are on record now beside those of an award; None where it has no second figures."""
    parts = ON_RECORD.split(page)
    return _figures_in(parts[1]) if len(parts) > 1 else None


def _figures_in(html_text: str) -> dict[str, tuple[str, str]]:
    found = {}
    for match in FIGURE.finditer(html_text):
        what, note = html.unescape(match["what"]), html.unescape(match["note"] or "")
        if what in COMPETENCIES:
            found["competencies"] = (match["number"], note)
        elif what != "programs inside completed":
            found[what] = (number_of(what, match["number"]), "")
    return {what: said for what, said in found.items() if said[0] != "0"}


def number_of(what: str, number: str) -> str:
    """The number of a figure; a transcript has no credits that are asked for."""
    return number.partition(" of ")[0] if what.startswith("credits ") else number


def figures_of_award_page(page: str) -> dict[str, str]:
    """The figures of an award's page: what each counts, and its number."""
    field = re.search(r"<dt>Figures</dt><dd>\s*(?:<p>As awarded on [^<]*</p>)?<ul>(.*?)</ul>", page, re.DOTALL)
    found = {}
    for line in re.findall(r"<li>(.*?)</li>", field[1], re.DOTALL) if field else ():
        match = re.match(r"([\d.]+(?: of [\d.]+)?) ([^(]*)", html.unescape(line))
        if match is not None and match[2].strip() != "programs inside completed":
            found[match[2].strip()] = match[1]
    named = {("competencies" if what in COMPETENCIES else what): number for what, number in found.items()}
    return {what: number_of(what, number) for what, number in named.items()}


def figures_of_transcript(program: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The same figures from the facts of a transcript."""
    found: dict[str, tuple[str, str]] = {}
    counts = program["counts"]
    if counts["asked"]:
        only = counts["met"] == counts["mastered"]
        ways = " · ".join(f"{word}: {counts[way]}" for way, word in WORDS.items() if counts[way])
        found["competencies"] = (f"{counts['met']} of {counts['asked']}", "" if only else ways)
    (credit,) = program["credits"] or [{"earned": "0", "awarded": "0"}]
    if Decimal(credit["earned"]):
        found["credits earned"] = (plain(Decimal(credit["earned"])), "")
    if Decimal(credit["awarded"]):
        found["credits awarded"] = (plain(Decimal(credit["awarded"])), "")
    plain_ones = [row for row in program["milestones"] if not Decimal(row["asked"])]
    if plain_ones:
        found["milestones reached"] = (f"{sum(bool(row['way']) for row in plain_ones)} of {len(plain_ones)}", "")
    for row in program["milestones"]:
        if Decimal(row["asked"]):
            found[row["title"]] = (f"{plain(Decimal(row['reached']))} of {plain(Decimal(row['asked']))}", "")
    return found


def wrong_totals(told: Mapping[str, Any]) -> Iterator[str]:
    """Add up a transcript's totals from its competencies and lines, and yield each total that is another.

    A piece of study is one wherever it counts: the credit of a competency is the most that it brings in a program.
    """
    things: dict[str, dict[str, tuple[Decimal, Decimal, Decimal]]] = {}
    for program in told["programs"]:
        unit = things.setdefault(program["credit_unit"], {})
        for line in program["credit_lines"]:
            amounts = (Decimal(line["attempted"]), Decimal(line["earned"]), Decimal(line["awarded"]))
            known = unit.get(line["counts"], amounts)
            unit[line["counts"]] = (
                max(known[0], amounts[0]),
                max(known[1], amounts[1]),
                max(known[2], amounts[2]),
            )
        brought: dict[str, Decimal] = {}
        for row in program["competencies"]:
            if row["credits"]:
                brought[row["id"]] = max(brought.get(row["id"], Decimal(0)), Decimal(row["credits"]))
        for line in program["credit_lines"]:
            study = line["counts"].removeprefix("mastery:")
            if study in brought and Decimal(line["earned"]) != brought[study]:
                yield f"{program['title']}: {line['title']} earned {line['earned']}, its competency {brought[study]}"
    for total in told["credits"]:
        found = [sum((it[place] for it in things[total["unit"]].values()), Decimal(0)) for place in range(3)]
        if found != [Decimal(total[name]) for name in ("attempted", "earned", "awarded")]:
            yield f"the totals {total}, added up {found}"
