"""A pathway as its page shows it: list entries, numbers, next steps, and the part closest to completion."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.mastery.labels import explanation_in_words
from assessments.mastery.queries.standings import explained_by
from assessments.work.queries.work import assessments_showing
from programs.audit.labels import reason_in_words, step_in_words
from programs.audit.rules import requirements as rules
from programs.audit.rules.completion.eligibility import Refusal
from programs.audit.rules.report_rows import Missing
from programs.pathway.queries.next_steps import NextStep
from programs.pathway.queries.pathways import CountedUse, Pathway, PathwayNode
from programs.pathway.queries.version_terms import VersionTerms
from programs.rules.enrollment import EnrollmentState, EnrollmentStatus

GROUPS = frozenset({rules.Kind.ALL, rules.Kind.CHOOSE, rules.Kind.CREDITS, rules.Kind.PROGRAM})
MET, BEGUN, AHEAD, SPARE = "met", "begun", "ahead", "spare"
UNIT = 100
FIRST_TWO = 2
RUNG = 'width="17" height="8" rx="3"'

Reasons = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Ladder:
    """A scale as a small picture: for each level its x and whether it is reached, and the mark of the needed level."""

    rungs: tuple[tuple[int, bool], ...]
    mark: int
    width: int

    @property
    def drawn(self) -> SafeString:
        """The SVG. It has no text of people. It is written here, because every row has one and a template is slower."""
        rungs = "".join(
            f'<rect class="ladder-rung{" ladder-reached" if reached else ""}" x="{x}" y="3" {RUNG} />'
            for x, reached in self.rungs
        )
        return SafeString(
            f'<svg class="ladder" viewBox="0 0 {self.width} 14" width="{self.width}" height="14" aria-hidden="true" '
            f'focusable="false">{rungs}<rect class="ladder-mark" x="{self.mark}" y="0" width="2" height="14" /></svg>'
        )


@dataclass(frozen=True)
class Entry:
    """One requirement as a row or a heading of the list. `state` is met, begun, ahead or spare (not needed now).

    `counts`, `refused`, `reasons` and `missing` are whole sentences, and so are `needs`, `shown` and `worth`: the level
    required, the level reached, the credits. They are made here, because a template that makes them is far slower.
    """

    key: str
    anchor: str
    title: str
    says: str
    asks: str
    state: str
    word: str
    needs: str
    shown: str
    ladder: Ladder | None
    counts: tuple[str, ...]
    refused: tuple[str, ...]
    missing: tuple[str, ...]
    reasons: tuple[str, ...]
    group: bool
    program: bool
    far: str
    worth: str
    children: tuple["Entry", ...]


@dataclass(frozen=True)
class Figure:
    """A number at the top of the page: how many, of how many, and of what."""

    has: str
    of: str
    what: str


@dataclass(frozen=True)
class ClosestPart:
    """The part closest to completion: its steps that are left, each with what is missing if it was begun."""

    title: str
    why: str
    steps: tuple[tuple[str, str], ...]


def amount(value: int) -> str:
    """Return hundredths as a number for readers, without trailing zeros."""
    return number_format(Decimal(value).scaleb(-2).normalize(), use_l10n=True) if value % UNIT else str(value // UNIT)


def state_of(node: PathwayNode) -> str:
    """Return the state of a requirement: met, begun, ahead, or spare (not needed now)."""
    if node.met:
        return MET
    if not node.counted_on:
        return SPARE
    return BEGUN if node.level_reached or any(child.met for child in node.walk()) else AHEAD


def title_of(node: PathwayNode) -> str:
    """Return the title of a requirement; a group without one is named by its rule."""
    if node.title:
        return node.title
    return _("Choose %(number)s of these") % {"number": node.choose} if node.choose else _("All of these")


def anchor_of(node: PathwayNode) -> str:
    """Return the id of a requirement's element in the page."""
    return "node-" + node.key.replace("/", "-")


def reasons_of(pathway: Pathway, *, at: datetime, only: Collection[str] | None = None) -> Reasons:
    """Return by key of requirement why begun mastery is not reached yet; the number of queries is constant.

    `only` are the keys of the requirements to explain; None explains all. An explanation decides mastery again from
    all evidence of its competency.
    """
    policies = pathway.terms.policies
    wanted = {
        node.key: (node.mastery.competency, policies[str(node.mastery.policy_name)])
        for node in pathway.root.walk()
        if node.mastery and node.level_reached and not node.met and str(node.mastery.policy_name) in policies
        if only is None or node.key in only
    }
    explanations = explained_by(pathway.facts.records, wanted, as_of=pathway.on, known_at=at)
    return {
        # The first line says that it is not mastered, which the requirement says already.
        key: tuple(explanation_in_words(explained.explanation, on=pathway.on)[1:])
        for key, explained in explanations.items()
    }


def entries_of(pathway: Pathway, reasons: Reasons = MappingProxyType({})) -> Entry:
    """Return the whole tree as entries, with the program itself at the top."""
    return _entry(pathway.root, pathway.terms, reasons)


def _entry(node: PathwayNode, terms: VersionTerms, reasons: Reasons) -> Entry:
    # A stacked program holds its whole tree as its one part: shown as the program's own parts.
    below = node.children[0].children if _is_stack(node) else node.children
    children = tuple(_entry(child, terms, reasons) for child in below)
    statement = terms.statements.get(node.competency, "")
    state = state_of(node)
    needed_children = [child for child in children if child.state != SPARE]
    return Entry(
        key=node.key,
        anchor=anchor_of(node),
        title=title_of(node),
        says=statement if statement != node.title and not node.met else "",
        asks=_asks(node.children[0] if _is_stack(node) else node),
        state=state,
        word=_word(node, state),
        needs=_("Level needed: %(level)s") % {"level": node.level_needed} if node.level_needed else "",
        shown=_shown(node.level_reached),
        ladder=_ladder(terms.ladders.get(terms.scales.get(node.competency, ""), ()), node),
        counts=tuple(_("Counts here: %(use)s") % {"use": _use_in_words(use)} for use in node.counts)
        if not children
        else (),
        refused=() if node.met else _refused(node.refused),
        missing=tuple(_("Not yet: %(step)s") % {"step": _step(step.missing, node, step.cost)} for step in node.missing),
        reasons=tuple(reasons.get(node.key, ())),
        group=node.kind in GROUPS and bool(children),
        program=node.kind == rules.Kind.PROGRAM,
        far=_("%(done)s of %(parts)s complete")
        % {
            "done": sum(child.state == MET for child in needed_children),
            "parts": len(needed_children),
        },
        worth=_("%(amount)s credits") % {"amount": amount(node.nominal)} if node.nominal else "",
        children=children,
    )


def _is_stack(node: PathwayNode) -> bool:
    return node.kind == rules.Kind.PROGRAM and len(node.children) == 1 and node.children[0].kind in GROUPS


def _asks(node: PathwayNode) -> str:
    if node.kind == rules.Kind.CHOOSE:
        return _("%(number)s of these %(all)s are asked for") % {"number": node.choose, "all": len(node.children)}
    return ""


def _word(node: PathwayNode, state: str) -> str:
    learnt = node.kind == rules.Kind.COMPETENCY
    words = {
        MET: _("Mastered") if learnt else _("Complete"),
        BEGUN: _("Under way"),
        AHEAD: _("To come"),
        SPARE: _("Not needed now"),
    }
    return words[state]


def _shown(level: str) -> str:
    return _("Level reached: %(level)s") % {"level": level} if level else _("No level reached yet")


def _refused(refusals: Sequence[Refusal]) -> tuple[str, ...]:
    """Each reason once, in alphabetical order."""
    reasons = sorted({reason_in_words(refusal.reason) for refusal in refusals})
    return tuple(_("Does not count yet: %(reason)s") % {"reason": reason} for reason in reasons)


def _step(missing: Missing, node: PathwayNode, cost: int) -> str:
    return step_in_words(missing, title=title_of(node), amount=amount(cost))


def _use_in_words(use: CountedUse) -> str:
    title = use.title
    if use.on is not None:
        title = _("%(title)s, mastered on %(day)s") % {"title": title, "day": date_format(use.on)}
    if not use.credits:
        return title
    return _("%(title)s (%(amount)s credits)") % {"title": title, "amount": amount(use.credits)}


def _ladder(levels: Sequence[str], node: PathwayNode) -> Ladder | None:
    if not levels:
        return None
    reached = levels.index(node.level_reached) + 1 if node.level_reached in levels else 0
    needed = levels.index(node.level_needed) + 1 if node.level_needed in levels else 0
    return Ladder(
        rungs=tuple((20 * place, place < reached) for place in range(len(levels))),
        mark=20 * needed - 2 if needed else -9,
        width=20 * len(levels),
    )


def figures_of(pathway: Pathway) -> list[Figure]:
    """Return the numbers of competencies mastered, programs completed and credits earned."""
    mastered: dict[str, bool] = {}
    for node in pathway.root.walk():
        if node.competency and (node.met or node.counted_on):
            mastered[node.competency] = mastered.get(node.competency, True) and node.met
    stacked = [node for node in pathway.stacked if node.met or node.counted_on]
    needed = credits_needed(pathway.tree)
    explanations = []
    if mastered:
        explanations.append(Figure(str(sum(mastered.values())), str(len(mastered)), _("competencies mastered")))
    if stacked:
        done = sum(node.met for node in stacked)
        explanations.append(Figure(str(done), str(len(stacked)), _("programs inside completed")))
    if needed:
        explanations.append(Figure(amount(_credits_earned(pathway.root)), amount(needed), _("credits earned")))
    return explanations


def _credits_earned(node: PathwayNode) -> int:
    """Return earned credits (hundredths) toward those needed; of a choice, only as many parts as it requires."""
    if node.nominal or not node.children:
        return node.earned
    parts = sorted((_credits_earned(child) for child in node.children), reverse=True)
    return sum(parts[: node.choose] if node.kind == rules.Kind.CHOOSE else parts)


def credits_needed(node: rules.Requirement) -> int:
    """Return the credits (hundredths) of the cheapest completion of a tree."""
    if node.nominal or not node.children:
        return node.nominal or node.min_credits
    parts = sorted(credits_needed(child) for child in node.children)
    if node.kind is rules.Kind.CREDITS:
        return node.min_credits
    return max(node.min_credits, sum(parts[: node.n] if node.kind is rules.Kind.CHOOSE else parts))


def explained_closest_in(pathway: Pathway, *, at: datetime) -> ClosestPart | None:
    """Return `closest_in` with the reasons of the steps that it shows, and of no others."""
    nearest = _closest_node(pathway)
    steps = [node.key for node in nearest.walk() for _missing in node.missing] if nearest else []
    return closest_in(pathway, reasons_of(pathway, at=at, only=steps[:FIRST_TWO]))


def _closest_node(pathway: Pathway) -> PathwayNode | None:
    open_parts = [node for node in _parts(pathway) if node.distance and node.counted_on]
    return min(open_parts, key=lambda node: node.distance, default=None)


def closest_in(pathway: Pathway, reasons: Reasons = MappingProxyType({})) -> ClosestPart | None:
    """Return the unmet part of the program that needs the least work; None when nothing is missing."""
    nearest = _closest_node(pathway)
    if nearest is None:
        return None
    left = [
        (
            _step(step.missing, node, step.cost),
            reasons.get(node.key, ("",))[-1],
        )
        for node in nearest.walk()
        for step in node.missing
    ]
    if not left:
        return None
    if len(left) == 1:
        why = _("One step is left.")
    elif len(left) == FIRST_TWO:
        why = _("Two steps are left.")
    else:
        why = _("%(number)s steps are left; the first two:") % {"number": len(left)}
    return ClosestPart(title_of(nearest), why, tuple(left[:FIRST_TWO]))


def _parts(pathway: Pathway) -> Iterator[PathwayNode]:
    yield from pathway.stacked
    yield pathway.root


@dataclass(frozen=True)
class ToDo:
    """A next step: its text, the level, and the assessments that show it (title and id)."""

    words: str
    level: str
    by: tuple[tuple[str, str], ...]


def steps_of(steps: Sequence[NextStep]) -> list[ToDo]:
    """Return next steps with the assessments that show them; one query."""
    shown_by = assessments_showing(step.competency for step in steps if step.competency)
    return [
        ToDo(
            step_in_words(step.missing, title=step.title, amount=amount(step.cost)),
            step.level_needed,
            tuple((str(row.title), str(row.public_id)) for row in shown_by.get(step.competency, ())),
        )
        for step in steps
    ]


def status_in_words(status: EnrollmentStatus) -> str:
    """Return the text of an enrollment's state for its learner."""
    words = {
        EnrollmentState.NONE: _("not begun"),
        EnrollmentState.ADMITTED: _("admitted"),
        EnrollmentState.ACTIVE: _("under way"),
        EnrollmentState.PAUSED: _("paused"),
        EnrollmentState.WITHDRAWN: _("withdrawn"),
        EnrollmentState.DISMISSED: _("ended"),
        EnrollmentState.COMPLETED: _("completed"),
    }
    return words[status.state]
