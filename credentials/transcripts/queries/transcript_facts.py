"""The facts of a transcript, read from enrollments, awards and what counts today."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Learner, Organization
from accounts.queries.legal_names import legal_name_of
from accounts.queries.people import canonical_record_of
from accounts.queries.time_zones import learner_time_zone
from core import clock
from credentials.errors import NoLegalNameError
from credentials.issuing.queries.credentials import current_credential_of
from credentials.issuing.queries.issuers import issuer_for
from credentials.papers.queries import check_place
from credentials.rules.codes import in_groups
from credentials.transcripts.queries.credit_lines import credit_lines
from credentials.transcripts.queries.told_exceptions import exceptions_in_use, told_exceptions
from credentials.transcripts.rules import (
    HolderFact,
    IssuerFact,
    ProgramFact,
    TranscriptAwardFact,
    TranscriptFacts,
    TranscriptKind,
)
from programs.audit.queries.attainments import attainments_of, exceptions_of, with_counted
from programs.audit.queries.audits import shown_audit, statuses_of
from programs.audit.queries.enrollment_facts import applying_tree_of
from programs.audit.queries.figures import award_of_enrollment, figures_of_award, figures_of_enrollment
from programs.audit.queries.trees import INSIDE, tree_of
from programs.audit.rules import requirements as rules
from programs.audit.rules.figures import AskedCompetency, ProgramFigures, Way
from programs.audit.rules.report_rows import Use
from programs.audit.rules.result import AuditOutcome
from programs.awards.queries.exceptions import exception_facts_of
from programs.awards.queries.facts import (
    CountedCompetency,
    competency_facts,
    facts_of,
    level_required_by,
    scales_of,
    waived_competency,
    with_levels,
    with_statements,
)
from programs.awards.queries.figure_facts import counts_of, milestone_facts
from programs.awards.rules import AwardFacts, CompetencyFact, ExceptionFact, ScaleFact
from programs.models import Attribution, Award, Enrollment
from programs.rules.attainments import LEARNT, Attainment, AttainmentKind


def transcript_facts(  # noqa: PLR0913 - what names a transcript, by name
    learner: Learner,
    *,
    public_id: UUID,
    serial: str,
    kind: TranscriptKind,
    supersedes: str,
    language: str,
    at: datetime,
) -> TranscriptFacts:
    """The facts of the learner's record at the instant `at`, for a transcript with this id. Raises NoLegalNameError."""
    on = clock.civil_date(at, learner_time_zone())
    person, name = canonical_record_of(learner), legal_name_of(learner, on=on)
    if name is None:
        raise NoLegalNameError("the record holds no legal name in force")
    awards = _Awards.of(person)
    entries = list(_entries(person, awards, at=at, on=on))
    scales: dict[str, ScaleFact] = {}
    for entry in entries:
        scales.update(entry.scales)
    for facts in awards.facts.values():
        scales.update({scale.id: scale for scale in facts.scales})
    return TranscriptFacts(
        transcript=str(public_id),
        serial=serial,
        kind=kind,
        supersedes=supersedes,
        made_at=at,
        made_on=on,
        language=language,
        issuer=_issuer(),
        holder=HolderFact(str(person.public_id), person.learner_number, name.text),
        programs=tuple(entry.program for entry in entries),
        awards=tuple(awards.listed()),
        scales=tuple(scales[name] for name in sorted(scales)),
        check_place=check_place(),
    )


def _issuer() -> IssuerFact:
    root = Organization.objects.root()
    signs = issuer_for(root)
    return IssuerFact(str(root.public_id), root.name, root.address, signs.did if signs else "")


@dataclass(frozen=True)
class _Awards:
    """The granted awards of a learner, the facts of each, and the award of each program."""

    rows: tuple[Award, ...]
    facts: Mapping[str, AwardFacts]

    @classmethod
    def of(cls, learner: Learner) -> "_Awards":
        """The granted awards of a learner, in the order in which they were awarded."""
        rows = Award.objects.of(learner).standing().select_related("program_version__program")
        found = tuple(rows.order_by("awarded_on", "pk"))
        return cls(found, {str(row.public_id): facts_of(row) for row in found})

    @property
    def by_program(self) -> dict[str, Award]:
        """The award of each program; of several the latest one."""
        return {self.facts[str(row.public_id)].program: row for row in self.rows if row.program_version_id}

    def facts_of(self, award: Award) -> AwardFacts:
        """The facts of one of the awards."""
        return self.facts[str(award.public_id)]

    def listed(self) -> Iterator[TranscriptAwardFact]:
        """Each award as a transcript lists it, with the code of its credential in force."""
        for row in self.rows:
            facts, credential = self.facts_of(row), current_credential_of(row)
            yield TranscriptAwardFact(
                award=facts.award,
                achievement=facts.achievement,
                achievement_version=facts.achievement_version,
                achievement_type=facts.achievement_type,
                title=facts.title,
                description=facts.description,
                criteria=facts.criteria,
                language=facts.language,
                organization=facts.organization,
                organization_name=facts.organization_name,
                program=facts.program,
                program_code=facts.program_code,
                program_version=facts.program_version,
                kind=facts.kind,
                cycle=facts.cycle,
                requirements_met_on=facts.requirements_met_on,
                awarded_on=facts.awarded_on,
                valid_until=facts.valid_until,
                credits=facts.credits,
                credit_unit=facts.credit_unit,
                competencies=facts.competencies,
                stacked=tuple(lower.award for lower in facts.stacked),
                credential=str(credential.public_id) if credential else "",
                code=in_groups(credential.code) if credential else "",
            )


@dataclass(frozen=True)
class _Entry:
    """One program with the scales that its competencies are measured on."""

    program: ProgramFact
    scales: Mapping[str, ScaleFact]


def _entries(learner: Learner, awards: _Awards, *, at: datetime, on: date) -> Iterator[_Entry]:
    """The programs of enrollments, each as its award states it if there is one; then awards that no program shows."""
    rows = list(
        Enrollment.objects.of(learner)
        .select_related("version__program__organization", "organization", "learner")
        .order_by("admitted_on", "pk")
    )
    standings = statuses_of(rows, on=on)
    by_program, shown = awards.by_program, set[str]()
    for row in rows:
        program = str(row.program.public_id)
        award = award_of_enrollment(row, awards.rows)
        entry = _program_of_audit(row, awards, at=at) if award is None else _program_of_award(awards, award)
        shown |= {program, *(name for node in tree_of(row.version).walk() if node.kind is rules.Kind.PROGRAM
                             for name in node.names)}  # fmt: skip
        yield replace(entry, program=_enrolled(entry.program, row, standings[row.pk].state.value))
    for program, award in by_program.items():
        if program not in shown:
            yield _program_of_award(awards, award)


def _enrolled(fact: ProgramFact, row: Enrollment, standing: str) -> ProgramFact:
    return replace(
        fact,
        enrollment=str(row.public_id),
        organization=row.organization.name,
        standing=standing,
        admitted_on=row.admitted_on,
        ended_on=row.ended_on,
    )


def _program_of_award(awards: _Awards, award: Award) -> _Entry:
    """A program as the award of it states it."""
    facts, figures = awards.facts_of(award), figures_of_award(award, awards.rows)
    program = ProgramFact(
        enrollment="",
        program=facts.program,
        code=facts.program_code,
        title=facts.program_title,
        version=facts.program_version or 0,
        organization=facts.organization_name,
        standing="awarded",
        admitted_on=None,
        ended_on=None,
        requirements_met_on=facts.requirements_met_on,
        shown_count=figures.met_count,
        asked_count=figures.asked_count,
        credit_unit=facts.credit_unit,
        credit_lines=tuple(credit_lines(figures, unit=facts.credit_unit, title=facts.title, titles=_titles(facts))),
        competencies=(*facts.competencies, *facts.waived),
        counts=counts_of(figures),
        milestones=milestone_facts(figures),
        exceptions=told_exceptions(exception_facts_of(award)),
    )
    return _Entry(program, {scale.id: scale for scale in facts.scales})


def _titles(facts: AwardFacts) -> dict[tuple[str, str], str]:
    """The words for the pieces of an award, by the key of the requirement and the competency."""
    return {(found.requirement, found.id): found.code or found.statement for found in facts.competencies}


def _program_of_audit(row: Enrollment, awards: _Awards, *, at: datetime) -> _Entry:
    """A program as its audit states it today."""
    shown = shown_audit(row, at=at)
    outcome, tree, content = shown.audit.today, applying_tree_of(row, shown.method), row.version.content or {}
    attainments = with_counted(
        attainments_of(row.learner, at=at, method=shown.method), outcome.uses, method=shown.method
    )
    figures = figures_of_enrollment(
        row,
        outcome,
        method=shown.method,
        attainments=attainments,
        exceptions=exceptions_of(row, method=shown.method),
        awards=awards.rows,
        on=shown.on,
    )
    walk = _Walk(awards, outcome, {item.id: item for item in attainments}, content, at)
    lower = list(walk.lower_awards(tree))
    waived = (waived_competency(it, content, at) for it in _waived_outside_awards(figures, lower))
    competency_rows = with_statements((*walk.counted_competencies(tree), *waived))
    scales = scales_of(competency_rows)
    program = ProgramFact(
        enrollment="",
        program=str(row.program.public_id),
        code=row.version.program.code,
        title=row.version.program.title,
        version=row.version.number,
        organization=row.organization.name,
        standing="",
        admitted_on=None,
        ended_on=None,
        requirements_met_on=None,
        shown_count=figures.met_count,
        asked_count=figures.asked_count,
        credit_unit=row.version.credit_unit,
        credit_lines=tuple(credit_lines(figures, unit=row.version.credit_unit, title=row.version.program.title)),
        competencies=(
            *competency_facts(competency_rows, scales, row.version.program.organization),
            *(_below(node, fact) for node, award in lower for fact in awards.facts_of(award).competencies),
            *(_below(node, fact) for node, award in lower for fact in awards.facts_of(award).waived),
        ),
        counts=counts_of(figures),
        milestones=milestone_facts(figures),
        exceptions=told_exceptions(_excepted(row, outcome, lower)),
    )
    for _node, award in lower:
        scales = {**scales, **{scale.id: scale for scale in awards.facts_of(award).scales}}
    return _Entry(program, scales)


def _excepted(
    row: Enrollment, outcome: AuditOutcome, lower: Sequence[tuple[rules.Requirement, Award]]
) -> tuple[ExceptionFact, ...]:
    """Return the exceptions that count today, each once: those of the audit, then those of the lower awards."""
    found = {fact.exception: fact for fact in exceptions_in_use(row, outcome.exceptions_used)}
    for node, award in lower:
        for fact in exception_facts_of(award):
            found.setdefault(fact.exception, replace(fact, requirement=f"{node.id}{INSIDE}{fact.requirement}"))
    return tuple(found.values())


def _waived_outside_awards(
    figures: ProgramFigures, lower: Sequence[tuple[rules.Requirement, Award]]
) -> Iterator[AskedCompetency]:
    """The competencies that exceptions of the enrollment met; lower awards state their own."""
    inside = tuple(f"{node.id}{INSIDE}" for node, _award in lower)
    for asked in figures.competencies:
        if asked.way in {Way.WAIVED, Way.FORCED} and not asked.key.startswith(inside):
            yield asked


def _below(node: rules.Requirement, fact: CompetencyFact) -> CompetencyFact:
    return replace(fact, requirement=f"{node.id}{INSIDE}{fact.requirement}")


@dataclass(frozen=True)
class _Walk:
    """A tree with what an audit found at each node."""

    awards: _Awards
    outcome: AuditOutcome
    attainments: Mapping[str, Attainment]
    content: Mapping[str, Any]
    at: datetime

    def lower_awards(self, tree: rules.Requirement) -> Iterator[tuple[rules.Requirement, Award]]:
        """The program nodes that a granted award meets; the award states what is inside of them."""
        award = self._award_at(tree)
        if award is not None:
            yield tree, award
            return
        for child in tree.children:
            yield from self.lower_awards(child)

    def counted_competencies(self, tree: rules.Requirement) -> Iterator[CountedCompetency]:
        """The competencies that count, in the order of the tree."""
        covered = {node.id for top, _award in self.lower_awards(tree) for node in top.walk()}
        for node, narrowed in with_levels(tree, 0):
            result = self.outcome.node(node.id)
            if node.id in covered or not node.leaf or not (result.met and result.counted_on):
                continue
            for use in result.uses:
                item = self.attainments.get(use.attainment)
                if item is not None and item.kind in LEARNT and item.competency:
                    frozen = self.content.get("competencies", {}).get(item.competency, {})
                    required = max(narrowed, level_required_by(self.content, node))
                    row = _as_row(node.id, item, use)
                    yield CountedCompetency(row, node.id, item.competency, frozen, required, self.at)

    def _award_at(self, node: rules.Requirement) -> Award | None:
        """The award that counts at a program node: the one of the audit, of which the figures are made too."""
        if node.kind is not rules.Kind.PROGRAM:
            return None
        names = {use.attainment for use in self.outcome.node(node.id).uses}
        return next((award for award in self.awards.rows if f"award:{award.public_id}" in names), None)


def _as_row(key: str, item: Attainment, use: Use) -> Attribution:
    """An attainment that counts today in the shape of an award's attribution; it is not stored."""
    subject = item.competency if item.kind is AttainmentKind.MASTERY else item.id.partition(":")[2]
    return Attribution(
        requirement_key=key,
        kind=item.kind.value,
        subject_id=UUID(subject),
        credits=Decimal(use.credits) / 100,
        level=item.level,
        achieved_on=item.achieved_on,
        basis=item.basis.value,
        exception=UUID(use.exception) if use.exception else None,
    )
