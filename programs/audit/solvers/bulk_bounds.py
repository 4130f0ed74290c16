"""Lower bounds of many people's audits at once, column by column: who certainly is not complete yet.

Everything that may count, counts everywhere at once, and rules on sources are not looked at: the bound is never above
that of `completion.lower_bound`. numpy comes with the solver's library and is loaded here alone, in jobs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from programs.audit.rules.completion.numbered_tree import Asker, Shape, shape_of
from programs.audit.rules.context import Context
from programs.audit.rules.requirements import ANYTHING, Kind, Requirement

NEVER = 1 << 40
BOUNDLESS = 1 << 50
OWN = -1
Column = Any
"""One-dimensional whole numbers (or truth values), as numpy takes them."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What people bring. Mastery and recognitions are rows: whose they are, and what, by position.

    `credits` are hundredths, or OWN for those of the leaf; `level` is 0 for none; days are ordinals, `until` the first
    day without, NEVER for none. By name and person: `standing` awards and milestones, `amounts` of quantities.
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
    """By person: what a node costs at least, what of it brings no credits outside, and the most that counts there."""

    cost: Column
    idle: Column
    most: Column
    credit: int = 0


def lower_bounds(tree: Requirement, columns: Columns, *, context: Context, on: date) -> Column:
    """By person, in hundredths, what no completion undercuts on that day; more than 0 means certainly not complete."""
    return _Bounds(shape_of(tree), columns, context, on).cost()


class _Bounds:
    def __init__(self, shape: Shape, columns: Columns, context: Context, on: date) -> None:
        import numpy as np

        self.np = np
        self.shape = shape
        self.columns = columns
        self.context = context
        self.on = on
        self.place = {name: number for number, name in enumerate(columns.names)}
        self.nothing = np.zeros(columns.people, np.int64)
        self.tables: dict[tuple[int, int | None], tuple[Column, Column, Column]] = {}

    def cost(self) -> Column:
        found: list[_Least] = [_Least(self.nothing, self.nothing, self.nothing)] * len(self.shape.nodes)
        for node in reversed(range(len(found))):
            inside = self._leaf(node) if self.shape.leaf[node] else self._group(node, found)
            found[node] = self._qualified(node, inside)
        return found[0].cost

    def _table(self, level: int, within: int | None) -> tuple[Column, Column, Column]:
        """By person and name, of the rows that meet both: credits in all, the best row, how many without their own."""
        if (level, within) not in self.tables:
            np, rows, today = self.np, self.columns, self.on.toordinal()
            fit = (rows.level >= level) & (rows.achieved <= today) & (rows.until > today)
            if within is not None:
                fit &= rows.achieved >= (self.on - timedelta(days=within)).toordinal()
            size = rows.people * len(rows.names)
            cell = (rows.person * len(rows.names) + rows.name)[fit]
            worth = rows.credits[fit]
            shape = (rows.people, len(rows.names))
            given = np.maximum(worth, 0)
            total = np.bincount(cell, weights=given, minlength=size).astype(np.int64).reshape(shape)
            own = np.bincount(cell, weights=worth == OWN, minlength=size).astype(np.int64).reshape(shape)
            best = np.full(size, OWN, np.int64)
            stated = worth != OWN
            np.maximum.at(best, cell[stated], worth[stated])
            self.tables[level, within] = total, best.reshape(shape), own
        return self.tables[level, within]

    def _asked(self, asker: Asker) -> list[int]:
        accepts = self.shape.nodes[asker.node].accepts
        names = self.columns.names if ANYTHING in accepts else accepts
        return [self.place[name] for name in dict.fromkeys(names) if name in self.place]

    def _leaf(self, node: int) -> _Least:
        wanted, asker, whole = self.shape.nodes[node], self.shape.asker[node], self.shape.whole[node]
        if wanted.kind is Kind.CREDITS:
            total, _, _ = self._table(asker.level, asker.within)
            return _Least(self.nothing, self.nothing, total[:, self._asked(asker)].sum(axis=1))
        if wanted.kind is Kind.COMPETENCY:
            _, best, own = self._table(asker.level, asker.within)
            asked = self._asked(asker)
            highest = best[:, asked].max(axis=1, initial=OWN)
            alone = own[:, asked].sum(axis=1) > 0
            most = self.np.where(alone, self.np.maximum(highest, wanted.nominal), highest)
            missing = self.np.where((highest == OWN) & ~alone, whole, 0)
            return _Least(missing, self.nothing if wanted.nominal else missing, self.np.maximum(most, 0))
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

    def _group(self, node: int, found: list[_Least]) -> _Least:
        np, wanted = self.np, self.shape.nodes[node]
        parts = [self._outward(child, found[child]) for child in self.shape.children[node]]
        cost, idle = (np.array([getattr(part, name) for part in parts]) for name in ("cost", "idle"))
        count = {Kind.CHOOSE: wanted.n, Kind.CREDITS: 0}.get(wanted.kind, len(parts))
        if count < len(parts):
            cost, idle = np.sort(cost, axis=0), np.sort(idle, axis=0)
        due = self.context.awaiting if wanted.kind is Kind.PROGRAM and self.context.awards_required else 0
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
        # An award meets the node and counts what it used up, which is not known here.
        stands = self._standing(wanted)
        return _Least(
            np.where(stands, 0, cost),
            np.where(stands, 0, inside.idle),
            np.where(stands, BOUNDLESS, most),
            inside.credit,
        )

    def _union(self, node: int) -> Column:
        """The most that the rows below can bring together, each of them once."""
        below = range(node, self.shape.end[node])
        worth: dict[int, int] = {}
        boundless = self.nothing
        for number in below:
            asker, wanted = self.shape.asker[number], self.shape.nodes[number]
            if wanted.kind is Kind.PROGRAM:
                boundless = boundless + BOUNDLESS * self._standing(wanted)
            if asker.learnt and self.shape.leaf[number]:
                for name in self._asked(asker):
                    worth[name] = max(worth.get(name, 0), asker.alone)
        total, _, own = self._table(0, None)
        names = list(worth)
        alone = own[:, names] * self.np.array([worth[name] for name in names], self.np.int64)
        return total[:, names].sum(axis=1) + alone.sum(axis=1) + boundless

    def _standing(self, wanted: Requirement) -> Column:
        found = self.nothing > 0
        for name in wanted.names:
            found = found | self.columns.standing.get(name, found)
        return found
