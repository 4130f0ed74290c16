"""The members that a decision record of an award may have: whatever else stands in it was not decided.

A replay reads the members that it knows. Without this check anybody could add one to a record, and it would replay.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from programs.audit.formats.audit_json import read_assignment, read_attainment, read_exception
from programs.audit.formats.audit_result_json import assignment_as_json, attainment_as_json, exception_as_json
from programs.awards.queries.evidence import BY_KEYS

FIRST_MEMBERS = frozenset(
    {
        "format",
        "method",
        "engine",
        "award",
        "achievement_version",
        "program_version",
        "records",
        "cycle",
        "kind",
        "requirements_met_on",
        "awarded_on",
        "valid_until",
        "credits",
        "credit_unit",
        "as_of",
        "known_at",
        "name",
        "earned",
        "attainments",
        "exceptions",
        "assignment",
        "uses",
        "mastery",
        "evidence",
        "policies",
        "awards",
    }
)
MEMBERS = FIRST_MEMBERS | {"achievement", "conferral", "facts", "audit"}
ENTRIES: Mapping[str, frozenset[str]] = {
    "evidence": frozenset({"id", "digest"}),
    "policies": frozenset({"id", "digest", "method"}),
    "awards": frozenset({"id", "digest"}),
    "mastery": frozenset({"attainment", "competency", "policy", "basis", "evidence", "decision", "family"}),
}
"""The members of the entries of each list. Entries of other lists are compared as a whole where they are replayed."""
NAMED = ("attainments", "exceptions", "evidence", "policies", "awards")
FAMILY = frozenset({"children", "policies"})
POLICY_OF_CHILD = (frozenset({"version"}), frozenset({"default_on", "method"}), frozenset({"default_on"}))


def added_members(decision: Mapping[str, Any]) -> Iterator[str]:
    """Yield a phrase for each member, or entry of a list, that no decision has written into the record."""
    known = FIRST_MEMBERS if decision["format"] == BY_KEYS else MEMBERS
    yield from _unknown("the decision", decision, known)
    for name, members in ENTRIES.items():
        for entry in decision[name]:
            yield from _unknown(f"an entry of {name}", entry, members)
    for mastery in decision["mastery"]:
        yield from _added_to_family(mastery)
    yield from _more_than_read(decision)
    yield from _unused_entries(decision)


def _unknown(where: str, value: Mapping[str, Any], known: frozenset[str]) -> Iterator[str]:
    for name in sorted(value.keys() - known):
        yield f"{where} has a member that was never decided: {name}"


def _added_to_family(mastery: Mapping[str, Any]) -> Iterator[str]:
    family = mastery.get("family") or {}
    yield from _unknown("a family", family, FAMILY)
    children: Mapping[str, list[Any]] = family.get("children", {})
    reached = [str(mastery["competency"])]
    for parent in reached:
        reached += [str(child) for child in children.get(parent, ()) if str(child) not in reached]
    named = {str(child) for below in children.values() for child in below}
    repeated = any(len(set(below)) != len(below) for below in children.values())
    if repeated or not children.keys() <= set(reached) or family.get("policies", {}).keys() - named:
        yield f"{mastery['attainment']} has a family with more members than it is decided from"
    for policy in family.get("policies", {}).values():
        if set(policy) not in POLICY_OF_CHILD:
            yield f"{mastery['attainment']} has a policy of a part with members that were never decided"


def _more_than_read(decision: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a reader skips: each entry must be exactly what is written of the value that is read from it."""
    for entry in decision["attainments"]:
        if attainment_as_json(read_attainment(entry)[0]) != entry:
            yield f"{entry['id']} says more than was decided"
    for entry in decision["exceptions"]:
        own = {name: value for name, value in entry.items() if name != "act"}
        if exception_as_json(read_exception(own)) != own:
            yield f"exception {entry['id']} says more than was decided"
    if assignment_as_json(read_assignment(decision["assignment"])) != decision["assignment"]:
        yield "the assignment says more than was decided"


def _unused_entries(decision: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lists with an entry that stands there twice, or that nothing in the decision rests on."""
    lists = {name: [entry["id"] for entry in decision[name]] for name in NAMED}
    lists |= {"mastery": [mastery["attainment"] for mastery in decision["mastery"]], "records": decision["records"]}
    for number, mastery in enumerate(decision["mastery"], start=1):
        lists[f"the evidence of mastery {number}"] = mastery["evidence"]
    for name, entries in lists.items():
        if len(entries) != len(set(entries)):
            yield f"{name} has an entry twice"
    used = {use["attainment"] for use in decision["uses"]}
    through = {f"award:{name}" for name in lists["awards"]} | set(lists["mastery"])
    for name in sorted(through - used):
        yield f"{name} is explained and did not count"
    if set(lists["policies"]) - _policies_in(decision):
        yield "policies has an entry that nothing was decided by"
    # The first format names rows of evidence by their keys there, which only the ledger knows.
    if decision["format"] != BY_KEYS and set(lists["evidence"]) != {
        row for mastery in decision["mastery"] for row in mastery["evidence"]
    }:
        yield "the evidence listed is not what mastery was decided from"


def _policies_in(decision: Mapping[str, Any]) -> set[str]:
    parts = [(mastery.get("family") or {}).get("policies", {}).values() for mastery in decision["mastery"]]
    of_parts = {policy["version"] for policies in parts for policy in policies if "version" in policy}
    return of_parts | {mastery["policy"] for mastery in decision["mastery"]}
