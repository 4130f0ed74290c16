"""Lower bounds of many learners' audits at once, by columns: they show who is certainly not complete yet.

Every eligible piece counts everywhere at once, and rules on the basis are ignored. So the bound is never above the one
of `completion.lower_bound`. From `audit@2` on, levels, exclusions and rules on sharing are ignored too, a new piece is
shared by all leaves that it could serve, and of a condition the cheaper part applies. numpy comes with the solver's
library; only jobs load it, in this module.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from programs.audit.rules.completion.numbered_tree import AskingLeaf, NumberedTree, numbered_tree_of
from programs.audit.rules.completion.problem import merge_best
from programs.audit.rules.completion.sharing_rules import leaves_by_name
from programs.audit.rules.context import Context
from programs.audit.rules.requirements import ANYTHING, MAX_CACHED_TREES, Kind, MetBy, Requirement

NEVER = 1 << 40
BOUNDLESS = 1 << 50
OWN = -1
Column = Any
"""A one-dimensional numpy array of integers or Booleans."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The attainments of many learners. Each mastery or recognition is a row; `person` and `name` are positions.

    `credits` are hundredths, or OWN for the credits of the leaf. `level` is 0 for none. Days are ordinals; `until` is
    the first day without the attainment, NEVER if it does not lapse. `standing` (awards and milestones) and `amounts`
    (of quantities) are columns over the learners, by name.
    """

    people: int
    names: Sequence[str]
    person: Column
    name: Column
    credits: Column
    level: Column
    achieved: Column
    until: Column
    standing: Mapping[str, Column] = field(default_factory=dict)
    amounts: Mapping[str, Column] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Least:
    """By learner: the least cost of a node, the part of it without credits, and the most credits that count there."""

    cost: Column
    idle: Column
    most: Column
    credit: int = 0


def lower_bounds(tree: Requirement, columns: Columns, *, context: Context, on: date) -> Column:
    """Return, by learner, a cost (hundredths) that no completion undercuts; above 0 means certainly not complete.

    It holds for learners without exceptions. Raises AuditRefusedError for trees without an answer.
    """
    shape = numbered_tree_of(_either_part(tree) if context.method.decides_sharing else tree, context.method)
    return _Bounds(shape, columns, context, on).cost()


@lru_cache(maxsize=MAX_CACHED_TREES)
def _either_part(tree: Requirement) -> Requirement:
    """Return a tree in which a condition leaves the choice of its parts: facts differ by learner."""
    # Cached by tree, which is immutable. Where there is no second part, a condition may ask for nothing.
    children = tuple(_either_part(child) for child in tree.children)
    if tree.kind is Kind.IF:
        return replace(tree, kind=Kind.CHOOSE, condition=None, children=children, n=len(children) - 1)
    return replace(tree, children=children)


@dataclass(frozen=True, slots=True)
class _NewPieces:
    """New work that can serve several leaves: by leaf, the credits of each such piece there, by competency.

    `sharing` is the number of competency leaves that one piece could serve together with a leaf.
    """

    worth: Mapping[int, dict[str, int]]
    sharing: Mapping[int, int]

    @classmethod
    def of(cls, shape: NumberedTree) -> "_NewPieces":
        """Return the new pieces of a tree, the same for all learners."""
        worth: dict[int, dict[str, int]] = {}
        sharing: dict[int, int] = {}
        for leaves, name in leaves_by_name(shape.nodes[0], shape.method):
            single = sum(shape.single[leaf] for leaf, _ in leaves)
            for leaf, credit in leaves:
                worth.setdefault(leaf, {})[name] = credit
                if shape.single[leaf]:
                    sharing[leaf] = max(single, sharing.get(leaf, 1))
        return cls(worth, sharing)


class _Bounds:
    """One pass over the nodes, children first."""

    def __init__(self, shape: NumberedTree, columns: Columns, context: Context, on: date) -> None:
        import numpy as np

        self.np = np
        self.shape = shape
        self.columns = columns
        self.context = context
        self.on = on
        self.place = {name: number for number, name in enumerate(columns.names)}
        self.nothing = np.zeros(columns.people, np.int64)
        self.new = _NewPieces.of(shape) if context.method.decides_sharing else _NewPieces({}, {})
        self.tables: dict[tuple[int, int | None], tuple[Column, Column, Column]] = {}

    def cost(self) -> Column:
        """Return the least cost of the root."""
        bounds: list[_Least] = [_Least(self.nothing, self.nothing, self.nothing)] * len(self.shape.nodes)
        for node in reversed(range(len(bounds))):
            inside = self._leaf(node) if self.shape.leaf[node] else self._group(node, bounds)
            bounds[node] = self._qualified(node, inside)
        return bounds[0].cost

    def _table(self, level: int, within: int | None) -> tuple[Column, Column, Column]:
        """By learner and name, over the rows within both limits: all credits, best row, rows without own credits."""
        if (level, within) not in self.tables:
            np, rows, today = self.np, self.columns, self.on.toordinal()
            fit = (rows.level >= level) & (rows.achieved <= today) & (rows.until > today)
            if within is not None:
                fit &= rows.achieved >= (self.on - timedelta(days=within)).toordinal()
            size = rows.people * len(rows.names)
            cell = (rows.person * len(rows.names) + rows.name)[fit]
            worth = rows.credits[fit]
            shape = (rows.people, len(rows.names))
            stated_credits = np.maximum(worth, 0)
            total = np.bincount(cell, weights=stated_credits, minlength=size).astype(np.int64).reshape(shape)
            own = np.bincount(cell, weights=worth == OWN, minlength=size).astype(np.int64).reshape(shape)
            best = np.full(size, OWN, np.int64)
            stated = worth != OWN
            np.maximum.at(best, cell[stated], worth[stated])
            self.tables[level, within] = total, best.reshape(shape), own
        return self.tables[level, within]

    def _name_columns(self, asker: AskingLeaf) -> list[int]:
        accepts = self.shape.nodes[asker.node].accepts
        names = self.columns.names if ANYTHING in accepts else accepts
        return [self.place[name] for name in dict.fromkeys(names) if name in self.place]

    def _leaf(self, node: int) -> _Least:
        wanted, asker, whole = self.shape.nodes[node], self.shape.asker[node], self.shape.whole[node]
        if wanted.kind is Kind.CREDITS:
            total, _, own = self._table(asker.level, asker.within)
            named = self._name_columns(asker)
            most = total[:, named].sum(axis=1) + (own[:, named] * self._worths(asker, named)).sum(axis=1)
            return _Least(self.nothing, self.nothing, most + sum(self.new.worth.get(node, {}).values()))
        if wanted.kind is Kind.COMPETENCY:
            _, best, own = self._table(asker.level, asker.within)
            named = self._name_columns(asker)
            highest = best[:, named].max(axis=1, initial=OWN)
            alone = own[:, named].sum(axis=1) > 0
            most = self.np.where(alone, self.np.maximum(highest, wanted.nominal), highest)
            missing = self.np.where((highest == OWN) & ~alone, whole, 0)
            if node not in self.new.sharing:
                return _Least(missing, self.nothing if wanted.nominal else missing, self.np.maximum(most, 0))
            # Each leaf bears a part of a new piece that serves several; another one may pay for its credits here.
            free = max(self.new.worth[node].values())
            return _Least(missing // self.new.sharing[node], self.nothing, self.np.maximum(most, free))
        if wanted.kind is Kind.PROGRAM:
            missing = self.nothing + whole
            return _Least(missing, self.nothing if wanted.nominal else missing, self.nothing)
        return self._measured(wanted, whole)

    def _measured(self, wanted: Requirement, whole: int) -> _Least:
        if wanted.kind is Kind.MILESTONE:
            gap = self.np.where(self._standing(wanted), 0, whole)
        else:
            reached = sum((self.columns.amounts.get(name, self.nothing) for name in wanted.names), self.nothing)
            short = self.np.maximum(0, wanted.min_quantity - reached)
            gap = -(-whole * short // wanted.min_quantity)
        return _Least(gap, gap, self.nothing, wanted.nominal)

    def _group(self, node: int, bounds: list[_Least]) -> _Least:
        np, wanted = self.np, self.shape.nodes[node]
        parts = [self._outward(child, bounds[child]) for child in self.shape.children[node]]
        cost, idle = (np.array([getattr(part, name) for part in parts]) for name in ("cost", "idle"))
        count = {Kind.CHOOSE: wanted.n, Kind.CREDITS: 0}.get(wanted.kind, len(parts))
        if count < len(parts):
            cost, idle = np.sort(cost, axis=0), np.sort(idle, axis=0)
        by_award = self.context.awards_required if wanted.met_by is MetBy.CONTEXT else wanted.met_by is MetBy.AWARD
        due = self.context.awaiting if wanted.kind is Kind.PROGRAM and by_award else 0
        return _Least(
            cost[:count].sum(axis=0) + due + self.nothing,
            idle[:count].sum(axis=0) + due + self.nothing,
            sum((part.most for part in parts), self.nothing),
            sum(part.credit for part in parts),
        )

    def _outward(self, node: int, inside: _Least) -> _Least:
        if not self.shape.covering[node]:
            return inside
        return _Least(inside.cost, inside.cost, self.nothing, self.shape.nodes[node].nominal)

    def _qualified(self, node: int, inside: _Least) -> _Least:
        np, wanted = self.np, self.shape.nodes[node]
        most = inside.most
        if wanted.min_credits and wanted.children:
            most = np.minimum(most, self._union(node))
        cost = np.maximum(inside.cost, inside.idle + np.maximum(0, wanted.min_credits - most - inside.credit))
        if wanted.kind is not Kind.PROGRAM:
            return _Least(cost, inside.idle, most, inside.credit)
        # An award meets the node with the credits of its pieces. These are not known here, so they have no bound.
        awarded = self._standing(wanted)
        return _Least(
            np.where(awarded, 0, cost),
            np.where(awarded, 0, inside.idle),
            np.where(awarded, BOUNDLESS, most),
            inside.credit,
        )

    def _union(self, node: int) -> Column:
        """Return the most credits of all rows below the node together, each row once."""
        below = range(node, self.shape.end[node])
        worth: dict[int, int] = {}
        new: dict[str, int] = {}
        boundless = self.nothing
        for number in below:
            asker, wanted = self.shape.asker[number], self.shape.nodes[number]
            if wanted.kind is Kind.PROGRAM:
                boundless = boundless + BOUNDLESS * self._standing(wanted)
            if asker.learnt and self.shape.leaf[number]:
                named = self._name_columns(asker)
                for name, alone in zip(named, self._worths(asker, named), strict=True):
                    worth[name] = max(worth.get(name, 0), int(alone))
                merge_best(new, self.new.worth.get(number, {}))
        total, _, own = self._table(0, None)
        names = list(worth)
        alone = own[:, names] * self.np.array([worth[name] for name in names], self.np.int64)
        return total[:, names].sum(axis=1) + alone.sum(axis=1) + boundless + sum(new.values())

    def _worths(self, asker: AskingLeaf, named: list[int]) -> Column:
        """Return the credits at a leaf of pieces without credits of their own, by position in `named`."""
        table = asker.limits.credit_of if asker.collects and asker.limits is not None else None
        worths = [asker.alone if table is None else table(self.columns.names[name]) for name in named]
        return self.np.array(worths, self.np.int64)

    def _standing(self, wanted: Requirement) -> Column:
        bounds = self.nothing > 0
        for name in wanted.names:
            bounds = bounds | self.columns.standing.get(name, bounds)
        return bounds
