"""Leaves out of a plan what nothing needs: parts of choices and pieces at *credits* leaves, above what is asked for.

From `audit@3` on. Competency leaves keep their piece: what was done there counts, waived or not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from programs.audit.rules.completion.assignment import assignment_of, counted_on, tie_break
from programs.audit.rules.completion.picking import Preferences
from programs.audit.rules.completion.plan_cost import Plan, Tally, credits_of, outward, over_cap, recount, recount_above
from programs.audit.rules.completion.problem import Option, Problem
from programs.audit.rules.completion.upper_bound import DraftPlan, drafts, fullest_within, redrafted
from programs.audit.rules.requirements import Kind

Places = dict[int, dict[int, int]]
"""The nodes at which each piece of study counts or is spent, with its credits there, by number of the study."""


class _Use(NamedTuple):
    """A piece at a *credits* leaf. `order` ranks what is left out first."""

    order: tuple[bool, bool, bool, bool]
    leaf: int
    option: Option


def with_needed_only(problem: Problem, draft: DraftPlan, preferences: Preferences) -> DraftPlan:
    """Return the plan without parts and pieces that nothing needs, at the same cost.

    No node counts less than it asks for, waived or not, unless it counted less before. What needs an exception is left
    out first, then what is planned, then what did not count before; what an exception *apply here* names goes last.
    At a leaf, the pieces that are left out are worth as much as may go; among leaves the order of the tree decides.
    """
    needed = _Needed(problem, draft, preferences)
    needed.leave_out_parts()
    needed.leave_out_pieces()
    return DraftPlan(needed.plan, needed.tallies)


def with_others_as_drafted(problem: Problem, draft: DraftPlan, preferences: Preferences) -> DraftPlan:
    """Return the plan with the nodes that it does not complete as the first draft has them.

    The results of these nodes are shown too. So they depend on the assignment alone, not on the way to it: an audit
    that is fed its own result says the same of all nodes.
    """
    completed = frozenset(counted_on(draft.plan))
    if len(completed) == len(problem.shape.nodes):
        return draft
    own = Preferences(assignment_of(problem, draft.plan), preferences.preferred)
    if problem.rules.local and problem.routes is problem.shape.unrouted:
        return redrafted(problem, own, draft, completed)
    other = next(drafts(problem, own)).plan
    size = range(len(problem.shape.nodes))
    plan = Plan(
        tuple(draft.plan.used[node] if node in completed else other.used[node] for node in size),
        tuple(draft.plan.chosen[node] if node in completed else other.chosen[node] for node in size),
        tuple(draft.plan.route[node] if node in completed else other.route[node] for node in size),
    )
    return DraftPlan(plan, recount(problem, plan))


class _Rooms:
    """The credits that each node counts above what it asks for, while pieces are left out.

    A piece counts once at a node, at its best. So leaving it out at one leaf takes from a node above only what it does
    not count there by another leaf.
    """

    def __init__(self, problem: Problem, tallies: Sequence[Tally], places: Places) -> None:
        self.problem = problem
        self.places = places
        self.limits: dict[int, list[int]] = {}
        self.rooms = {
            node: max(0, credits_of(problem, tallies[node]) - wanted.min_credits)
            for node, wanted in enumerate(problem.shape.nodes)
            if wanted.min_credits
        }

    def spare(self, use: _Use) -> bool:
        """Leave a piece out at a leaf where every node on its path can do without; return whether it went."""
        rooms, places, value = self.rooms, self.places[self.problem.study_of(use.option.piece)], use.option.value
        limits = self._limits(use.leaf)
        alone = len(places) == 1
        losses = {node: value if alone else self._loss(node, use, places) for node in limits}
        for node, loss in losses.items():
            if loss > rooms[node]:
                return False
        for node, loss in losses.items():
            rooms[node] -= loss
        del places[use.leaf]
        return True

    def spare_most(self, leaf: int, uses: list[_Use]) -> list[_Use]:
        """Leave out pieces that count at one leaf only, worth together as much as may go; return them."""
        values = [use.option.value for use in uses]
        room = min((self.rooms[node] for node in self._limits(leaf)), default=sum(values))
        most = {*fullest_within(values, room), *(place for place, value in enumerate(values) if not value)}
        return [use for place, use in enumerate(uses) if place in most and self.spare(use)]

    def _loss(self, node: int, use: _Use, places: dict[int, int]) -> int:
        """Return what a node counts less without a use, where the same piece may count by another leaf."""
        most = 0
        for place, value in places.items():
            if value > most and place != use.leaf and node in self._limits(place):
                most = value
        return max(0, use.option.value - most)

    def _limits(self, leaf: int) -> list[int]:
        """Return the nodes with a minimum at which the pieces of a leaf count."""
        limits = self.limits.get(leaf)
        if limits is None:
            limits = [node for node in self.problem.shape.counting_path(leaf) if node in self.rooms]
            self.limits[leaf] = limits
        return limits


def _rank_of_use(use: _Use) -> tuple[tuple[bool, ...], int, int, int]:
    order, leaf, option = use
    return order, leaf, -option.value, tie_break(option.attainment)


class _Needed:
    """A plan that is being reduced, with its tallies."""

    def __init__(self, problem: Problem, draft: DraftPlan, preferences: Preferences) -> None:
        self.problem = problem
        self.shape = problem.shape
        self.preferences = preferences
        self.plan, self.tallies = draft
        self.completed = counted_on(draft.plan)
        # Nothing is waived, passed by, planned or wanted somewhere, so no part differs from another in that.
        self.alike = (
            not (preferences.preferred or problem.partial or problem.rules.waiving)
            and problem.routes is problem.shape.unrouted
        )
        # By the tree, not by the rules: a waived node still counts what was done, up to what it asks for.
        self.asking = [
            number
            for number, node in enumerate(self.shape.nodes)
            if node.min_credits or node.earned_here or (node.min_pieces and problem.rules.counting)
        ]

    def leave_out_parts(self) -> None:
        """Leave out completed parts of choices and *credits* groups that nothing needs."""
        for group in self.completed:
            chosen = self.plan.chosen[group]
            if not chosen:
                continue
            wanted = self.shape.nodes[group]
            spare = len(chosen) - (wanted.n if wanted.kind is Kind.CHOOSE else 0)
            if wanted.kind not in {Kind.CHOOSE, Kind.CREDITS} or spare <= 0:
                continue
            done = sorted((child for child in chosen if not self.tallies[child].cost), key=self._order_of_part)
            if done and not self._take(self._without_parts(group, done[:spare]), [group]):
                self._one_by_one(group, done)

    def _one_by_one(self, group: int, done: Sequence[int]) -> None:
        wanted = self.shape.nodes[group]
        least = wanted.n if wanted.kind is Kind.CHOOSE else 0
        for child in done:
            if len(self.plan.chosen[group]) > least:
                self._take(self._without_parts(group, [child]), [group])

    def _without_parts(self, group: int, parts: Sequence[int]) -> Plan:
        chosen = list(self.plan.chosen)
        chosen[group] = tuple(child for child in chosen[group] if child not in parts)
        return replace(self.plan, chosen=tuple(chosen))

    def _order_of_part(self, child: int) -> tuple[bool, bool, bool, bool, int, int]:
        name, before = self.shape.nodes[child].id, self.shape.nodes[child].id in self.preferences.previous.chosen
        worth = credits_of(self.problem, outward(self.problem, child, self.tallies[child], self.plan.route[child]))
        if self.alike:
            return False, True, True, before, -worth, tie_break(name)
        inside = self._completed_below(child)
        uses = [(node, option) for node in inside for option in self.plan.used[node]]
        routes = [route for node in inside if (route := self.plan.route[node]) is not None]
        exceptional = (
            any(self._excused(node) for node in inside)
            or any(it.exception for _node, it in uses)
            or any(it.exception for it in routes)
        )
        planned = any(it.planned for _node, it in uses) or any(it.planned for it in routes)
        preferred = any((it.attainment, node) in self.preferences.preferred for node, it in uses)
        return preferred, not exceptional, not planned, before, -worth, tie_break(name)

    def _completed_below(self, node: int) -> list[int]:
        found = [node]
        for inner in found:
            found.extend(self.plan.chosen[inner] if self.plan.route[inner] is None else ())
        return found

    def _excused(self, node: int) -> bool:
        """Return whether a leaf is passed by because it was waived."""
        kind, needed = self.shape.nodes[node].kind, self.problem.rules.need[node]
        if not self.shape.leaf[node] or kind is Kind.CREDITS or needed or self.plan.used[node]:
            return False
        return kind is not Kind.PROGRAM and (bool(self.problem.gap[node]) or self.shape.single[node])

    def leave_out_pieces(self) -> None:
        """Leave out pieces at *credits* leaves: first those that count elsewhere too, then all others."""
        uses = sorted(self._uses(), key=_rank_of_use)
        if not uses:
            return
        places = self._places()
        several = {study for study, nodes in places.items() if len(nodes) > 1}
        # In the order of the ranks first, so that a later piece never pushes out one that counted before.
        groups = [list(group) for _order, group in groupby(uses, key=lambda use: use.order)]
        if self.problem.study or any(self._asks_more_than_credits(node) for node in self.asking):
            # Variants, credits earned here and numbers of pieces are not told by credits: each piece is tried.
            for group in groups:
                self._spare_each([use for use in group if self._study(use) in several])
                self._spare_each([use for use in group if self._study(use) not in several])
            return
        rooms, spared = _Rooms(self.problem, self.tallies, places), list[_Use]()
        for group in groups:
            spared += [use for use in group if self._study(use) in several and rooms.spare(use)]
            single = [use for use in group if self._study(use) not in several]
            for leaf, some in groupby(single, key=lambda use: use.leaf):
                spared += rooms.spare_most(leaf, list(some))
        if spared and not self._take_without(spared):
            self._spare_each(spared)

    def _study(self, use: _Use) -> int:
        return self.problem.study_of(use.option.piece)

    def _asks_more_than_credits(self, node: int) -> bool:
        wanted = self.shape.nodes[node]
        return bool(wanted.earned_here or (wanted.min_pieces and self.problem.rules.counting))

    def _uses(self) -> Iterator[_Use]:
        """Yield the pieces that the plan uses at *credits* leaves, without new work."""
        previous, preferred = self.preferences.previous.uses, self.preferences.preferred
        for leaf in self.completed:
            wanted = self.shape.nodes[leaf]
            if wanted.kind is not Kind.CREDITS or not wanted.leaf or self.plan.route[leaf] is not None:
                continue
            for option in self.plan.used[leaf]:
                if option.attainment:
                    before = (option.attainment, wanted.id) in previous
                    order = (
                        (option.attainment, leaf) in preferred,
                        not option.exception,
                        not option.planned,
                        before,
                    )
                    yield _Use(order, leaf, option)

    def _places(self) -> Places:
        places: Places = {}
        for node in self.completed:
            route = self.plan.route[node]
            pieces = [(option.piece, option.value) for option in self.plan.used[node]] if route is None else []
            pieces += [] if route is None else [*((piece, 0) for piece, _value in route.spends), *route.values.items()]
            for piece, value in pieces:
                places.setdefault(self.problem.study_of(piece), {})[node] = value
        return places

    def _spare_each(self, uses: Sequence[_Use]) -> None:
        """Leave out all of these uses, or else each that may go, the largest first."""
        if not uses or self._take_without(uses):
            return
        for use in sorted(uses, key=lambda use: -use.option.value):
            self._take_without([use])

    def _take_without(self, uses: Sequence[_Use]) -> bool:
        return self._take(self._without_uses(uses), {use.leaf for use in uses})

    def _without_uses(self, uses: Iterable[_Use]) -> Plan:
        going: dict[int, set[int]] = {}
        for use in uses:
            going.setdefault(use.leaf, set()).add(use.option.piece)
        used = list(self.plan.used)
        for leaf, pieces in going.items():
            used[leaf] = tuple([option for option in used[leaf] if option.piece not in pieces])
        return replace(self.plan, used=tuple(used))

    def _take(self, plan: Plan, changed: Iterable[int]) -> bool:
        """Take a plan that leaves something out; False where that costs more, or counts less than is asked for.

        It differs from the present plan at the `changed` nodes.
        """
        tallies = recount_above(self.problem, plan, self.tallies, changed)
        if tallies[0].cost > self.tallies[0].cost:
            return False
        completed = self.completed if plan.chosen is self.plan.chosen else counted_on(plan)
        if any(self._counts_too_little(node, tallies[node]) and node in completed for node in self.asking):
            return False
        # A better variant of a piece that goes may leave more of a basis that is capped.
        if self.problem.study and any(
            over_cap(self.problem, node, tallies[node].values) is not None for node in completed
        ):
            return False
        self.plan, self.tallies, self.completed = plan, tallies, completed
        return True

    def _counts_too_little(self, node: int, tally: Tally) -> bool:
        wanted, before, problem = self.shape.nodes[node], self.tallies[node], self.problem
        if tally is before or self.plan.route[node] is not None:
            return False
        return bool(
            (wanted.min_credits and credits_of(problem, tally) < min(wanted.min_credits, credits_of(problem, before)))
            or (wanted.earned_here and self._here(tally) < min(wanted.earned_here, self._here(before)))
            or len(tally.present) < min(wanted.min_pieces, len(before.present))
        )

    def _here(self, tally: Tally) -> int:
        return self.problem.total_here(tally.values) + tally.credit + tally.fresh
