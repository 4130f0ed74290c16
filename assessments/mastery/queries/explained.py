"""The reasons of stored mastery, kept in memory by the digest of the decision that they explain."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime
from typing import Final, TypeVar
from uuid import UUID

from assessments.mastery.queries.standings import MasteryToAudit, explained_by
from assessments.mastery.rules.explanations import Explanation
from assessments.mastery.rules.policies import ParentPolicy, Policy

Name = TypeVar("Name", bound=Hashable)
Key = tuple[UUID, str, date]

MAX_KEPT: Final = 4096  # some hundred learners, about 2 kB each
# Key: the public id of the policy version, which is frozen, the digest of the decision, and the civil day of the page.
# The three together give the explanation, so an entry is never invalid: another decision has another digest. The day is
# part of the key, because stored rows are decided on the day of the root organization, and a page on that of its own:
# where they differ, a piece may be too old on the page only. Bound: MAX_KEPT, the one used longest ago goes first.
_kept: OrderedDict[Key, Explanation] = OrderedDict()


def explanations_of_rows(
    records: Iterable[int],
    wanted: Mapping[Name, tuple[MasteryToAudit, Policy | ParentPolicy]],
    *,
    as_of: date,
    known_at: datetime,
) -> dict[Name, Explanation]:
    """Return the explanation of each row of mastery of one person, by the names of `wanted`.

    `records` are all records of the person. Only rows whose explanation is not kept are decided again, from all
    evidence of their competencies; one query, and none where all are kept.
    """
    found = {name: kept for name, (row, _policy) in wanted.items() if (kept := _recalled(_key(row, as_of)))}
    rest = {name: (row.competency, policy) for name, (row, policy) in wanted.items() if name not in found}
    for name, explained in explained_by(records, rest, as_of=as_of, known_at=known_at).items():
        row, policy = wanted[name]
        found[name] = explained.explanation
        # The reasons of a parent name its children, and a name is no part of the decision. The digest is compared,
        # because evidence may have been recorded since the row was read.
        if isinstance(policy, Policy) and explained.digest == row.digest:
            _keep(_key(row, as_of), explained.explanation)
    return found


def _key(row: MasteryToAudit, as_of: date) -> Key:
    return row.policy_name, row.digest, as_of


def _recalled(key: Key) -> Explanation | None:
    found = _kept.get(key)
    if found is not None:
        _keep(key, found)
    return found


def _keep(key: Key, explanation: Explanation) -> None:
    # Threads of a worker share the entries: taken out and put in again by single steps, none of which may fail.
    _kept.pop(key, None)
    _kept[key] = explanation
    while len(_kept) > MAX_KEPT:
        _kept.popitem(last=False)
