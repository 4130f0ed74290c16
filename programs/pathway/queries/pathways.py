"""A learner's pathway: the tree with levels reached and needed, and uses of attainments; one audit, one walk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from assessments.mastery.queries.standings import MasteryToAudit, mastery_to_audit
from assessments.models import MasteryState
from competencies.models import ProficiencyLevel
from competencies.queries.choices import competencies_in_words
from core import clock
from programs.audit.queries.attainments import awards_of, with_awards, with_counted
from programs.audit.queries.audits import audit_of, kept_assignment, last_audit
from programs.audit.queries.enrollment_facts import applying_tree_of
from programs.audit.queries.figures import award_of_enrollment, figures_of_audit, figures_of_award, is_in_review
from programs.audit.rules import requirements as rules
from programs.audit.rules.completion.eligibility import Refusal
from programs.audit.rules.figures import ProgramFigures, Way, excused_nodes, way_of
from programs.audit.rules.report_rows import NodeResult, Step
from programs.audit.rules.result import Audit
from programs.models import Award, Enrollment, MilestoneReached, Recognition
from programs.pathway.queries.enrollment_facts import EnrollmentFacts, facts_of_enrollment
from programs.pathway.queries.pathway_nodes import CountedUse, PathwayNode
from programs.pathway.queries.version_terms import VersionTerms, version_terms_of
from programs.rules.attainments import Attainment, AttainmentKind, Basis


@dataclass(frozen=True, slots=True)
class Pathway:
    """The state of a program for one learner, on a day.

    `terms` are names and policies of the version; `mastery` are all rows of the learner, `attainments` those that the
    audit read, and `titles` the names of attainments that `terms` do not have. `award` is the award in force of this
    enrollment: `figures` are those of it, and those of the audit before there is one. `today` are the figures of the
    audit where the award is in force although the audit does not meet the program now; `in_review` tells that something
    under the award has changed and waits for a registrar. An ended enrollment has its last audit, of `audited_on`.
    """

    facts: EnrollmentFacts
    root: PathwayNode
    audit: Audit
    on: date
    terms: VersionTerms
    mastery: Sequence[MasteryToAudit]
    attainments: Sequence[Attainment]
    titles: Mapping[str, str]
    figures: ProgramFigures
    award: Award | None
    audited_on: date
    today: ProgramFigures | None
    in_review: bool

    @property
    def enrollment(self) -> Enrollment:
        """The enrollment."""
        return self.facts.enrollment

    @property
    def tree(self) -> rules.Requirement:
        """The requirements of the version that apply to this enrollment."""
        return applying_tree_of(self.enrollment, self.facts.method)

    @property
    def stacked(self) -> tuple[PathwayNode, ...]:
        """The stacked programs, in the order of the tree."""
        return tuple(node for node in self.root.walk() if node.kind == rules.Kind.PROGRAM)


@dataclass(frozen=True, slots=True)
class DescribedAttainment:
    """An attainment of the learner as text: its title, its level, its day, and its basis."""

    title: str
    level: str
    on: date | None
    basis: Basis


def pathway_of(enrollment: Enrollment, *, at: datetime) -> Pathway:
    """Return the whole tree of an enrollment as of now; the number of queries does not grow with it."""
    return pathway_with(facts_of_enrollment(enrollment), at=at)


def pathway_with(
    facts: EnrollmentFacts,
    *,
    at: datetime,
    mastery: Sequence[MasteryToAudit] | None = None,
    awards: Sequence[Award] | None = None,
) -> Pathway:
    """Return `pathway_of` an enrollment that was read already; `mastery` and `awards` of None are read."""
    enrollment, learner = facts.enrollment, facts.enrollment.learner
    tree, terms, on = (
        applying_tree_of(enrollment, facts.method),
        version_terms_of(enrollment.version),
        clock.civil_date(at, facts.zone),
    )
    rows = mastery_to_audit(learner, at=at) if mastery is None else mastery
    awards = awards_of(learner) if awards is None else awards
    attainments = facts.attainments(rows, at=at)
    progress = getattr(enrollment, "progress", None)
    last = last_audit(enrollment, progress)
    audit = (
        audit_of(
            enrollment,
            on=on,
            at=at,
            attainments=attainments,
            exceptions=facts.exceptions,
            awards=awards,
            previous=kept_assignment(progress),
            method=facts.method,
        )
        if last is None
        else last.audit
    )
    audited_on = on if last is None else last.on
    if last is not None:
        attainments = with_counted(attainments, last.audit.today.uses, method=facts.method)
    # With the withdrawn ones: an award may stand for one that was valid when it was granted.
    titles = _titles(facts.milestones, facts.recognitions, awards, terms)
    excused = excused_nodes(tree, facts.exceptions, on=audited_on)
    there = with_awards(tree, attainments, awards)
    pieces = {row.id: row for row in with_counted(there, audit.today.uses, method=facts.method)}
    award = award_of_enrollment(enrollment, awards)
    on_record = partial(
        figures_of_audit,
        enrollment,
        audit.today,
        method=facts.method,
        attainments=attainments,
        exceptions=facts.exceptions,
        awards=awards,
        on=audited_on,
    )
    figures = on_record() if award is None else figures_of_award(award, awards)
    today = None if award is None or audit.today.met else on_record()
    walk = _Walk.of(audit, terms, rows, titles, attainments=pieces, recognitions=facts.recognitions)
    # An award of another version has other keys.
    same = today is not None or award is None or award.program_version_id == enrollment.version_id
    ways = {it.key: it.way for it in (today or figures).competencies if it.way is not None}
    walk.ways.update(ways if same else {})
    root = walk.node(tree, excused)
    in_review = award is not None and is_in_review(award)
    return Pathway(
        facts, root, audit, on, terms, rows, attainments, titles, figures, award, audited_on, today, in_review
    )


def described_attainments(pathway: Pathway) -> Mapping[str, DescribedAttainment]:
    """Return the learner's attainments as text, by id, also those that count nowhere; at most two queries."""
    levels = {**pathway.terms.levels, **_levels_outside(pathway.terms)}
    recognised = {f"recognition:{row.public_id}": row for row in pathway.facts.recognitions}
    titles = {**pathway.titles, **_names_outside(pathway.terms, [row.competency for row in pathway.attainments])}
    return {
        row.id: DescribedAttainment(
            title=_title(row.id, titles, pathway.terms),
            level=_recognised_level(recognised[row.id], pathway.terms.scales.get(row.competency, ""))
            if row.id in recognised
            else levels.get((pathway.terms.scales.get(row.competency, ""), row.level or 0), ""),
            on=row.achieved_on,
            basis=row.basis,
        )
        for row in pathway.attainments
    }


def _recognised_level(row: Recognition, scale: str) -> str:
    """Return the level of a credit transfer, with the name of its scale where that is not `scale`."""
    if row.level is None:
        return ""
    same = str(row.level.scale.public_id) == scale
    return row.level.title if same else f"{row.level.title} ({row.level.scale.title})"


def _titles(
    milestones: Sequence[MilestoneReached],
    recognitions: Sequence[Recognition],
    awards: Sequence[Award],
    terms: VersionTerms,
) -> dict[str, str]:
    """Return the titles of milestones, recognitions and awards, by the ids of their attainments."""
    recognised = {str(row.competency.public_id) for row in recognitions if row.competency is not None}
    names = {**terms.names, **competencies_in_words(recognised - terms.names.keys())}
    return {
        **{f"milestone:{row.public_id}": row.milestone.title for row in milestones},
        **{
            f"recognition:{row.public_id}": str(row)
            if row.competency is None
            else names.get(str(row.competency.public_id), str(row))
            for row in recognitions
        },
        **{f"award:{row.public_id}": row.program_version.program.title for row in awards if row.program_version},
    }


def _names_outside(terms: VersionTerms, competencies: Iterable[str]) -> dict[str, str]:
    """Return titles of competencies that the version does not name; a query only where there are any."""
    unknown = {name for name in competencies if name and name not in terms.names}
    if not unknown:
        return {}
    return {f"mastery:{name}": words for name, words in competencies_in_words(unknown).items()}


def _levels_outside(terms: VersionTerms) -> dict[tuple[str, int], str]:
    """The names of levels on scales that no leaf of the tree is decided on; asks only where there are such scales."""
    unknown = {scale for scale in terms.scales.values() if scale and scale not in terms.ladders}
    if not unknown:
        return {}
    rows = ProficiencyLevel.objects.filter(scale__public_id__in=unknown)
    return {(str(scale), rank): title for scale, rank, title in rows.values_list("scale__public_id", "rank", "title")}


def _title(attainment: str, titles: Mapping[str, str], terms: VersionTerms) -> str:
    """Return the title of an attainment; mastery has the title of its competency, whatever its policy."""
    kind, _colon, name = attainment.partition(":")
    if kind != AttainmentKind.MASTERY:
        return titles.get(attainment, attainment)
    competency = name.partition(":")[0]
    return terms.names.get(competency) or titles.get(f"{kind}:{competency}", attainment)


@dataclass(frozen=True, slots=True)
class _Walk:
    """The parts of nodes, indexed by the keys that a node has, so that no node searches through them."""

    results: Mapping[str, NodeResult]
    refused: Mapping[str, list[Refusal]]
    missing: Mapping[str, list[Step]]
    terms: VersionTerms
    titles: Mapping[str, str]
    by_competency: Mapping[str, list[MasteryToAudit]]
    by_attainment: Mapping[str, MasteryToAudit]
    attainments: Mapping[str, Attainment]
    recognitions: Mapping[str, Recognition]
    conditions: frozenset[str] = frozenset()
    ways: dict[str, Way] = field(default_factory=dict)

    @classmethod
    def of(  # noqa: PLR0913 - what it walks, by name
        cls,
        audit: Audit,
        terms: VersionTerms,
        mastery: Sequence[MasteryToAudit],
        titles: Mapping[str, str],
        *,
        attainments: Mapping[str, Attainment],
        recognitions: Sequence[Recognition],
    ) -> "_Walk":
        """Index the results of an audit once for all nodes."""
        outcome = audit.today
        refused: dict[str, list[Refusal]] = {}
        for refusal in outcome.left_out:
            refused.setdefault(refusal.node, []).append(refusal)
        missing: dict[str, list[Step]] = {}
        for step in outcome.steps:
            missing.setdefault(step.node, []).append(step)
        by_competency: dict[str, list[MasteryToAudit]] = {}
        by_attainment: dict[str, MasteryToAudit] = {}
        for row in mastery:
            competency = str(row.competency_name)
            by_competency.setdefault(competency, []).append(row)
            by_attainment[f"mastery:{competency}:{row.policy_name}"] = row
        counting = {use.attainment for result in outcome.nodes for use in result.uses} & by_attainment.keys()
        outside = _names_outside(terms, (str(by_attainment[name].competency_name) for name in counting))
        return cls(
            results={result.node: result for result in outcome.nodes},
            refused=refused,
            missing=missing,
            terms=terms,
            titles={**titles, **outside},
            by_competency=by_competency,
            by_attainment=by_attainment,
            attainments=attainments,
            recognitions={f"recognition:{row.public_id}": row for row in recognitions},
            conditions=frozenset(condition.node for condition in audit.conditions),
        )

    def node(self, node: rules.Requirement, excused: Mapping[str, Way], least: int = 0) -> PathwayNode:
        """Return a node and all below it; `least` is the rank that nodes above require.

        `excused` are the nodes that need nothing by an exception.
        """
        result = self.results[node.id]
        children = tuple(self.node(child, excused, least) for part in node.children for child in self._shown(part))
        least = max(least, node.level)
        competency = node.names[0] if node.kind is rules.Kind.COMPETENCY and node.names else ""
        best = self._best(node, competency) if competency else None
        level_required = max(least, self.terms.level_asked_by(node.policy))
        way = self._way(node, result, excused, children)
        return PathwayNode(
            key=node.id,
            kind=node.kind.value,
            title=node.title,
            competency=competency,
            met=result.met,
            counted_on=result.counted_on,
            distance=result.distance,
            nominal=node.nominal,
            earned=result.earned,
            choose=node.n,
            level_needed=self.terms.level_named(competency, level_required),
            level_reached=self.terms.level_named(competency, best.level) if best and best.level is not None else "",
            counts=tuple(
                self._counted_use(node, use.attainment, use.credits)
                for use in result.uses
                if result.counted_on  # what was done in a part that is not needed counts nowhere
            ),
            refused=tuple(self.refused.get(node.id, ())),
            missing=tuple(self.missing.get(node.id, ())),
            children=children,
            mastery=best,
            way=way,
            level_recognised=self._level_recognised(result, self.terms.scales.get(competency, "")),
            shown_before=way is Way.MASTERED and best is not None and best.state != MasteryState.MASTERED,
        )

    def _way(
        self,
        node: rules.Requirement,
        result: NodeResult,
        excused: Mapping[str, Way],
        children: Sequence[PathwayNode],
    ) -> Way | None:
        """Return how a node is met. A group has a way of its own only where an exception meets a part of it."""
        if not result.met:
            return None
        if node.id in self.ways:
            return self.ways[node.id]  # as the figures count it, so that an award's own words stay
        if node.leaf and not result.uses and node.id not in excused:
            # Met in the last audit of an ended enrollment, and not needed: nothing is written down of what counted.
            rows = self.by_competency.get(node.names[0] if node.names else "", ())
            return Way.MASTERED if any(row.state == MasteryState.MASTERED for row in rows) else None
        if node.leaf or result.uses:
            return way_of(result.uses, self.attainments, excused.get(node.id))
        by_exception = any(child.way in {Way.WAIVED, Way.FORCED} for child in children) or not children
        return excused.get(node.id) if by_exception else None

    def _level_recognised(self, result: NodeResult, scale: str) -> str:
        """Return the level of the credit transfer that counts at a node, on its own scale."""
        rows = [self.recognitions[use.attainment] for use in result.uses if use.attainment in self.recognitions]
        return next((_recognised_level(row, scale) for row in rows), "")

    def _shown(self, node: rules.Requirement) -> tuple[rules.Requirement, ...]:
        """Return the part that a condition has chosen, where the choice itself has no name and no credit of its own."""
        plain = node.id in self.conditions and not (node.title or node.nominal or node.min_credits)
        return node.children if plain else (node,)

    def _best(self, node: rules.Requirement, competency: str) -> MasteryToAudit | None:
        """Return the row with the highest level under the node's policy, or under any policy where it has none."""
        rows = self.by_competency.get(competency, ())
        deciding = [row for row in rows if not node.policy or str(row.policy_name) == node.policy]
        return max(deciding, key=lambda row: row.level or 0, default=None)

    def _counted_use(self, node: rules.Requirement, attainment: str, credit: int) -> CountedUse:
        """Return a use with its title; mastery at a competency has the title of the node, which people know."""
        row = self.by_attainment.get(attainment)
        if row is not None and node.kind is rules.Kind.COMPETENCY:
            return CountedUse(attainment, node.title, credit, row.mastered_on)
        title, piece = _title(attainment, self.titles, self.terms), self.attainments.get(attainment)
        kind = AttainmentKind(attainment.partition(":")[0]) if piece is None else piece.kind
        recognised_on = piece.achieved_on if piece is not None and kind is AttainmentKind.RECOGNITION else None
        return CountedUse(attainment, title, credit, row.mastered_on if row else recognised_on, kind)
