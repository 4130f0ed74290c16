"""Where we answer otherwise than Canvas, Moodle and MITx Online, each with its reason; equal everywhere else."""

from tests.peers.__main__ import all_facts
from tests.peers.facts import Finding, findings, table

DIFFERING = {
    "Canvas: n times: may it be {'times': 11}": "taken",
    "Canvas: n times: 2.995 does not reach mastery at 3": "3.00, mastered",
    "Moodle: rule all: a child is no longer proficient after the rule has completed the parent": "not mastered",
    "Moodle: rule points: parts of a point": "mastered",
    "Moodle: scaled grades: a source with a single grade gives the highest": "refused: range_empty",
    "MITx Online: min number of: 2 of 1 group": "refused: too_few_to_choose",
}


def name_of(finding: Finding) -> str:
    return f"{finding.fact.family}: {finding.fact.name}"


def test_we_answer_as_peers_do_but_for_what_is_listed_with_its_reason() -> None:
    found = findings(all_facts())
    applicable = [it for it in found if it.answer is not None]

    assert {name_of(it): it.answer for it in applicable if not it.equal} == DIFFERING
    assert [name_of(it) for it in applicable if it.equal == bool(it.fact.differs)] == []
    assert [name_of(it) for it in found if it.answer is None and not it.fact.not_applicable] == []


def test_the_table_counts_each_family_and_tells_each_reason() -> None:
    found = findings(all_facts())
    lines = "\n".join(table(found))

    assert "| Moodle: rule any | 2 | 2 | 2 | 0 |" in lines
    assert lines.count("because: ") == len(DIFFERING)
    assert "NO REASON" not in lines
