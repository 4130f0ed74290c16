"""A pathway as its page shows it: list entries, numbers, next steps, and the part closest to completion."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from types import MappingProxyType

from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.mastery.labels import explanation_in_words
from assessments.mastery.queries.explained import explanations_of_rows
from assessments.work.queries.work import assessments_showing
from programs.audit.labels import reason_in_words, step_in_words
from programs.audit.rules import requirements as rules
from programs.audit.rules.completion.eligibility import Refusal
from programs.audit.rules.figures import BY_EXCEPTION, Way
from programs.audit.rules.report_rows import Missing
from programs.pathway.labels import way_in_words
from programs.pathway.pages.outline import SHOWN_AS_GROUPS, Outline, anchor_of, is_stack, parts_of
from programs.pathway.queries.next_steps import NextStep
from programs.pathway.queries.pathway_nodes import CountedUse, PathwayNode
from programs.pathway.queries.pathways import Pathway
from programs.pathway.queries.version_terms import VersionTerms
from programs.rules.attainments import AttainmentKind
from programs.rules.enrollment import EnrollmentState, EnrollmentStatus

MET, BEGUN, AHEAD, SPARE = "met", "begun", "ahead", "spare"
UNIT = 100
FIRST_TWO = 2
RUNG = 'width="17" height="8" rx="3"'
ALL_OPEN = Outline()

Reasons = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Entry:
    """One requirement as a row or a heading of the list. `state` is met, begun, ahead or spare (not needed now).

    `facts` are the level required, the level reached and the credits, or what a group is. `notes` are what counts
    there, why something does not count, the reasons of a decision, and what is missing. Both are HTML of whole
    sentences, written here because loops of a template in each row are far slower. `unfold` is the address at which a
    folded group is open.
    """

    key: str
    anchor: str
    title: str
    says: str
    asks: str
    state: str
    word: str
    facts: SafeString
    ladder: SafeString
    notes: SafeString
    group: bool
    program: bool
    unfold: str
    children: tuple["Entry", ...]

    @property
    def rows(self) -> Iterator["Entry | None"]:
        """Yield all entries below this one in order, and None at the end of each group that is not folded.

        A flat sequence, because templates that include themselves for each row take several times as long.
        """
        for child in self.children:
            yield child
            if child.group and not child.unfold:
                yield from child.rows
                yield None


@dataclass(frozen=True)
class ClosestPart:
    """The part closest to completion: its steps that are left, each with what is missing if it was begun."""

    title: str
    why: str
    steps: tuple[tuple[str, str], ...]


def amount(value: int) -> str:
    """Return hundredths as a number for readers, without trailing zeros."""
    return number_format(Decimal(value).scaleb(-2).normalize(), use_l10n=True) if value % UNIT else str(value // UNIT)


def credit_in_words(value: int) -> str:
    """Return hundredths as a number with its word: one credit, two credits."""
    # Parts of a credit take the form of many: 1.5 credits.
    whole = value // UNIT if value % UNIT == 0 else 0
    return ngettext("%(amount)s credit", "%(amount)s credits", whole) % {"amount": amount(value)}


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


def reasons_of(pathway: Pathway, *, at: datetime, only: Collection[str] | None = None) -> Reasons:
    """Return by key of requirement why begun mastery is not reached yet; the number of queries is constant.

    `only` are the keys of the requirements to explain; None explains all.
    """
    policies = pathway.terms.policies
    wanted = {
        node.key: (node.mastery, policies[str(node.mastery.policy_name)])
        for node in pathway.root.walk()
        if node.mastery and node.level_reached and not node.met and str(node.mastery.policy_name) in policies
        if only is None or node.key in only
    }
    explanations = explanations_of_rows(pathway.facts.records, wanted, as_of=pathway.on, known_at=at)
    return {
        # The first line says that it is not mastered, which the requirement says already.
        key: tuple(explanation_in_words(explanation, on=pathway.on)[1:])
        for key, explanation in explanations.items()
    }


def entries_of(pathway: Pathway, reasons: Reasons = MappingProxyType({}), outline: Outline = ALL_OPEN) -> Entry:
    """Return the tree as entries, with the program itself at the top; `outline` tells which groups have their parts."""
    return _entry(pathway.root, pathway.terms, reasons, outline)


def _entry(node: PathwayNode, terms: VersionTerms, reasons: Reasons, outline: Outline) -> Entry:
    parts, state = parts_of(node), state_of(node)
    group, program = node.kind in SHOWN_AS_GROUPS and bool(parts), node.kind == rules.Kind.PROGRAM
    folded = group and not outline.shows_parts_of(node)
    statement = terms.statements.get(node.competency, "")
    asks = _asks(node.children[0] if is_stack(node) else node)
    return Entry(
        key=node.key,
        anchor=anchor_of(node),
        title=title_of(node),
        says=statement if statement != node.title and not node.met else "",
        asks=asks,
        state=state,
        word=_far(parts) if group and state in {BEGUN, AHEAD} else _word(node, state),
        facts=_group_facts(node, asks) if group else _facts(node),
        ladder=_ladder(terms.ladders.get(terms.scales.get(node.competency, ""), ()), node),
        notes=_notes(node, reasons.get(node.key, ())),
        group=group,
        program=program,
        unfold=f"{outline.query(node.key)}#{anchor_of(node)}" if folded else "",
        children=() if folded else tuple(_entry(part, terms, reasons, outline) for part in parts),
    )


def _asks(node: PathwayNode) -> str:
    if node.kind == rules.Kind.CHOOSE:
        return _("%(number)s of these %(all)s are asked for") % {"number": node.choose, "all": len(node.children)}
    return ""


def _far(parts: Sequence[PathwayNode]) -> str:
    """How many of the parts that are needed are complete."""
    states = [state for state in map(state_of, parts) if state != SPARE]
    return _("%(done)s of %(parts)s complete") % {"done": states.count(MET), "parts": len(states)}


def _word(node: PathwayNode, state: str) -> str:
    if state == MET:
        named = node.kind == rules.Kind.COMPETENCY or node.way in {Way.WAIVED, Way.FORCED}
        return way_in_words(node.way) if node.way is not None and named else _("Complete")
    if state == BEGUN:
        return _("Under way")
    return _("To come") if state == AHEAD else _("Not needed now")


def _facts(node: PathwayNode) -> SafeString:
    if not node.level_needed:
        return SafeString()
    needed = _("Level needed: %(level)s") % {"level": node.level_needed}
    return _isolated(needed, _level_in_words(node), _worth(node))


def _level_in_words(node: PathwayNode) -> str:
    """Return the level that counts here, named as what it is; where an exception met it, none is claimed as reached."""
    if node.way is Way.RECOGNISED:
        if not node.level_recognised:
            return _("Recognised without a level")
        return _("Level recognised: %(level)s") % {"level": node.level_recognised}
    if node.way in BY_EXCEPTION:
        return _("On record: %(level)s") % {"level": node.level_reached} if node.level_reached else ""
    if node.shown_before:
        return _("On record today: %(level)s") % {"level": node.level_reached or "–"}  # noqa: RUF001 - a dash
    return _shown(node.level_reached)


def _group_facts(node: PathwayNode, asks: str) -> SafeString:
    return _isolated(_("Program inside this one") if node.kind == rules.Kind.PROGRAM else "", _worth(node), asks)


def _isolated(*texts: str) -> SafeString:
    """HTML of texts that may be of another direction than the page; empty ones are left out."""
    return SafeString("".join(f"<bdi>{escape(text)}</bdi>" for text in texts if text))


def _notes(node: PathwayNode, reasons: Sequence[str]) -> SafeString:
    uses = () if node.children else node.counts
    notes = (
        *(_("Counts here: %(use)s") % {"use": _use_in_words(use)} for use in uses),
        *(() if node.met else _refused(node.refused)),
        *reasons,
    )
    missing = (_("Not yet: %(step)s") % {"step": _step(step.missing, node, step.cost)} for step in node.missing)
    return SafeString(
        "".join(f'<p class="fine"><bdi>{escape(note)}</bdi></p>' for note in notes)
        + "".join(f'<p class="fine pathway-missing"><bdi>{escape(step)}</bdi></p>' for step in missing)
    )


def _worth(node: PathwayNode) -> str:
    return credit_in_words(node.nominal) if node.nominal else ""


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
        values = {"title": title, "day": date_format(use.on)}
        recognised = use.kind is AttainmentKind.RECOGNITION
        title = (
            _("%(title)s, recognised, achieved on %(day)s") % values
            if recognised
            else _("%(title)s, mastered on %(day)s") % values
        )
    if not use.credits:
        return title
    return _("%(title)s (%(credits)s)") % {"title": title, "credits": credit_in_words(use.credits)}


def _ladder(levels: Sequence[str], node: PathwayNode) -> SafeString:
    """The picture of a scale, with the levels that are reached and a mark at the needed one; empty without a scale."""
    shown = node.level_reached in levels and node.way not in BY_EXCEPTION and not node.shown_before
    reached = levels.index(node.level_reached) + 1 if shown else 0
    needed = levels.index(node.level_needed) + 1 if node.level_needed in levels else 0
    return _drawn_ladder(len(levels), reached, needed)


# Key: three numbers of a scale, none of anybody. Bound: 512. Never invalid: the drawing depends on nothing else.
@lru_cache(maxsize=512)
def _drawn_ladder(levels: int, reached: int, needed: int) -> SafeString:
    """An SVG without text. It is written here, because every row has one and a template is slower."""
    if not levels:
        return SafeString()
    width, mark = 20 * levels, 20 * needed - 2 if needed else -9
    rungs = "".join(
        f'<rect class="ladder-rung{" ladder-reached" if place < reached else ""}" x="{20 * place}" y="3" {RUNG} />'
        for place in range(levels)
    )
    return SafeString(
        f'<svg class="ladder" viewBox="0 0 {width} 14" width="{width}" height="14" aria-hidden="true" '
        f'focusable="false">{rungs}<rect class="ladder-mark" x="{mark}" y="0" width="2" height="14" /></svg>'
    )


def explained_closest_in(pathway: Pathway, *, at: datetime) -> ClosestPart | None:
    """Return `closest_in` with the reasons of the steps that it shows, and of no others."""
    return closest_in(pathway, reasons_of(pathway, at=at, only=closest_steps(pathway)))


def closest_steps(pathway: Pathway) -> list[str]:
    """Return the keys of the requirements with the steps that `closest_in` shows."""
    nearest = _closest_node(pathway)
    steps = [node.key for node in nearest.walk() for _missing in node.missing] if nearest else []
    return steps[:FIRST_TWO]


def _closest_node(pathway: Pathway) -> PathwayNode | None:
    open_parts = [node for node in _parts(pathway) if node.distance and node.counted_on]
    return min(open_parts, key=lambda node: node.distance, default=None)


def closest_in(pathway: Pathway, reasons: Reasons = MappingProxyType({})) -> ClosestPart | None:
    """Return the unmet part of the program that needs the least work; None when nothing is missing."""
    nearest = _closest_node(pathway)
    if nearest is None:
        return None
    left = [(node, step) for node in nearest.walk() for step in node.missing]
    if not left:
        return None
    if len(left) == 1:
        why = _("One step is left.")
    elif len(left) == FIRST_TWO:
        why = _("Two steps are left.")
    else:
        why = _("%(number)s steps are left; the first two:") % {"number": len(left)}
    steps = tuple(
        (_step(step.missing, node, step.cost), reasons.get(node.key, ("",))[-1]) for node, step in left[:FIRST_TWO]
    )
    return ClosestPart(title_of(nearest), why, steps)


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
