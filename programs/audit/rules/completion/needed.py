"""Leaves out of a plan what nothing needs: parts of choices and pieces at *credits* leaves, above what is asked for.

From `audit@3` on. Competency leaves keep their piece: what was done there counts, waived or not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from programs.audit.rules.completion.assignment import assignment_of, counted_on, tie_break
from programs.audit.rules.completion.picking import Preferences
from programs.audit.rules.completion.plan_cost import Plan, Tally, credits_of, outward, over_cap, recount, recount_above
from programs.audit.rules.completion.problem import Option, Problem
from programs.audit.rules.completion.upper_bound import DraftPlan, drafts, fullest_within, redrafted
from programs.audit.rules.requirements import Kind

Places = dict[int, dict[int, int]]
"""The nodes at which each piece of study counts or is spent, with its credits there, by number of the study."""

Order = tuple[bool, bool, bool, bool]


class _Use(NamedTuple):
    """A piece at a *credits* leaf."""

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
    alone = problem.rules.local and problem.routes is problem.shape.unrouted
    if alone and not (preferences.preferred or problem.partial):
        return redrafted(problem, Preferences(), draft, completed)
    own = Preferences(assignment_of(problem, draft.plan), preferences.preferred)
    if alone:
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
    not count there by another leaf. `places` has the pieces that count at several nodes.
    """

    def __init__(self, problem: Problem, tallies: Sequence[Tally], places: Places) -> None:
        self.places = places
        self.above = problem.rules.minima_above
        self.rooms = {
            node: max(0, credits_of(problem, tallies[node]) - wanted.min_credits)
            for node, wanted in enumerate(problem.shape.nodes)
            if wanted.min_credits
        }

    def largest(self, leaf: int) -> int | None:
        """Return the most credits that a piece may have to go at a leaf; None for no limit."""
        # Nothing else counts the piece at the leaf itself; higher nodes may count it by another leaf.
        return self.rooms.get(leaf)

    def spare_shared(self, leaf: int, options: Sequence[Option]) -> list[Option]:
        """Leave out pieces that count at other nodes too, each where every node above can do so; return them."""
        rooms, gone = self.rooms, list[Option]()
        higher = [node for node in self.above[leaf] if node != leaf]
        for option in options:
            if leaf in rooms and option.value > rooms[leaf]:
                continue
            losses = self._losses(leaf, option, higher)
            if losses is None:
                continue
            for node, loss in zip(higher, losses, strict=True):
                rooms[node] -= loss
            if leaf in rooms:
                rooms[leaf] -= option.value
            del self.places[option.piece][leaf]
            gone.append(option)
        return gone

    def _losses(self, leaf: int, option: Option, higher: Sequence[int]) -> list[int] | None:
        """Return what each higher node counts less without a piece at a leaf; None where one cannot do without."""
        value, places, losses = option.value, self.places[option.piece], list[int]()
        for node in higher:
            loss = value
            for place, other in places.items():
                if place != leaf and value - other < loss and node in self.above[place]:
                    loss = max(0, value - other)
            if loss > self.rooms[node]:
                return None
            losses.append(loss)
        return losses

    def spare_most(self, leaf: int, options: Sequence[Option]) -> list[Option]:
        """Leave out pieces that count at one leaf only, worth together as much as may go; return them."""
        values, nodes = [option.value for option in options], self.above[leaf]
        room = min([self.rooms[node] for node in nodes], default=sum(values))
        if sum(values) <= room:
            gone = list(options)
        else:
            most = set(fullest_within(values, room))
            gone = [option for place, option in enumerate(options) if place in most or not option.value]
        taken = sum([option.value for option in gone])
        for node in nodes:
            self.rooms[node] -= taken
        return gone


def _rank_of_option(option: Option) -> tuple[int, int]:
    return -option.value, tie_break(option.attainment)


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

    def leave_out_parts(self) -> None:
        """Leave out completed parts of choices and *credits* groups that nothing needs."""
        going = {group: done[:spare] for group, spare, done in self._spare_parts(self.completed)}
        # What one group leaves out changes no tally of the parts of a later one. So where all may go at once, each may
        # go after the others; but a variant that goes may leave more under a cap, which the next one mends.
        if not going or (not self.problem.study and self._take(self._without_parts(going), going)):
            return
        for group, spare, done in self._spare_parts(self.completed):
            if not self._take(self._without_parts({group: done[:spare]}), [group]):
                self._one_by_one(group, done)

    def _spare_parts(self, groups: Iterable[int]) -> Iterator[tuple[int, int, list[int]]]:
        """Yield the groups that complete more parts than they have to: the number, and the parts that may go."""
        for group in groups:
            chosen = self.plan.chosen[group]
            wanted = self.shape.nodes[group]
            if not chosen or wanted.kind not in {Kind.CHOOSE, Kind.CREDITS}:
                continue
            spare = len(chosen) - (wanted.n if wanted.kind is Kind.CHOOSE else 0)
            done = [child for child in chosen if not self.tallies[child].cost] if spare > 0 else []
            if done:
                yield group, spare, sorted(done, key=self._order_of_part)

    def _one_by_one(self, group: int, done: Sequence[int]) -> None:
        wanted = self.shape.nodes[group]
        least = wanted.n if wanted.kind is Kind.CHOOSE else 0
        for child in done:
            if len(self.plan.chosen[group]) > least:
                self._take(self._without_parts({group: [child]}), [group])

    def _without_parts(self, parts: Mapping[int, Sequence[int]]) -> Plan:
        chosen = list(self.plan.chosen)
        for group, going in parts.items():
            chosen[group] = tuple([child for child in chosen[group] if child not in going])
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
        if self.problem.study or self.problem.rules.asks_more_than_credits:
            self._leave_out_each()
            return
        places = self._shared_places()
        rooms, spared = _Rooms(self.problem, self.tallies, places), list[tuple[int, list[Option]]]()
        # In the order of the ranks first, so that a later piece never pushes out one that counted before.
        for group in self._ranked(rooms):
            for leaf, options in group if places else ():
                spared.append((leaf, rooms.spare_shared(leaf, [it for it in options if it.piece in places])))
            for leaf, options in group:
                spared.append((leaf, rooms.spare_most(leaf, [it for it in options if it.piece not in places])))
        uses = [_Use(leaf, option) for leaf, options in spared for option in options]
        if uses and not self._take_without(uses):
            self._spare_each(uses)

    def _leave_out_each(self) -> None:
        """Try each piece: variants, credits earned here and numbers of pieces are not told by credits."""
        groups = self._ranked(None)
        places = self._places() if groups else {}
        for group in groups:
            uses = [_Use(leaf, option) for leaf, options in group for option in options]
            shared = [len(places[self.problem.study_of(use.option.piece)]) > 1 for use in uses]
            self._spare_each([use for use, several in zip(uses, shared, strict=True) if several])
            self._spare_each([use for use, several in zip(uses, shared, strict=True) if not several])

    def _ranked(self, rooms: _Rooms | None) -> list[list[tuple[int, list[Option]]]]:
        """Return the pieces that may go at *credits* leaves, without new work: those that go first in the first group.

        A group has leaves in the order of the tree, and the pieces of a leaf with the largest first. With `rooms`,
        pieces are passed by that are too large to go.
        """
        groups: dict[Order, list[tuple[int, list[Option]]]] = {}
        indifferent = self.alike and not self.preferences.previous.uses
        for leaf in self.completed:
            used, wanted = self.plan.used[leaf], self.shape.nodes[leaf]
            if not used or wanted.kind is not Kind.CREDITS or self.plan.route[leaf] is not None:
                continue
            most = None if rooms is None else rooms.largest(leaf)
            options = [it for it in used if it.attainment and (most is None or it.value <= most)]
            options.sort(key=_rank_of_option)
            if indifferent:
                if options:
                    groups.setdefault((False, True, True, False), []).append((leaf, options))
                continue
            by_order: dict[Order, list[Option]] = {}
            for option in options:
                by_order.setdefault(self._order(leaf, option), []).append(option)
            for order, some in by_order.items():
                groups.setdefault(order, []).append((leaf, some))
        return [groups[order] for order in sorted(groups)]

    def _order(self, leaf: int, option: Option) -> Order:
        """Rank what is left out first."""
        return (
            (option.attainment, leaf) in self.preferences.preferred,
            not option.exception,
            not option.planned,
            (option.attainment, self.shape.nodes[leaf].id) in self.preferences.previous.uses,
        )

    def _shared_places(self) -> Places:
        """Return the places of the pieces that have more than one; each piece is a study of its own."""
        seen, several = set[int](), set[int]()
        for _node, pieces in self._counting():
            numbers = [piece[0] for piece in pieces]
            several.update(seen.intersection(numbers))
            seen.update(numbers)
        places: Places = {piece: {} for piece in several}
        for node, pieces in self._counting() if several else ():
            for piece in pieces:
                if piece[0] in places:
                    places[piece[0]][node] = piece[1]
        return places

    def _places(self) -> Places:
        places: Places = {}
        for node, pieces in self._counting():
            for piece in pieces:
                places.setdefault(self.problem.study_of(piece[0]), {})[node] = piece[1]
        return places

    def _counting(self) -> Iterator[tuple[int, Sequence[Option | tuple[int, int]]]]:
        """Yield the completed nodes with what counts or is spent there: numbers of pieces and their credits first."""
        for node in self.completed:
            route, used = self.plan.route[node], self.plan.used[node]
            if route is not None:
                yield node, [*((piece, 0) for piece, _value in route.spends), *route.values.items()]
            elif used:
                yield node, used

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
        if any(
            self._counts_too_little(node, tallies[node]) and node in completed for node in self.problem.rules.asking
        ):
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
