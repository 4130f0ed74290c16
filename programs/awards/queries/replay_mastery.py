"""Replays the mastery decisions of an award from the evidence ledger, for both formats of decision records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from accounts.models import Learner
from assessments.mastery.formats.decision_json import as_json, decision_as_json
from assessments.mastery.queries.bases import ASSESSED_HERE, basis_of
from assessments.mastery.queries.decisions import (
    Decision,
    DecisionInputs,
    Observations,
    decision_by,
    observations_of,
    with_public_names,
)
from assessments.mastery.rules.observations import numbered_by
from assessments.models import Basis, Evidence, MasteryPolicyVersion
from competencies.models import Competency
from core.text.canonical import digest
from programs.audit.formats.audit_json import read_attainment
from programs.audit.queries.mastery_bases import BASES
from programs.audit.rules.context import Method
from programs.awards.queries.evidence import (
    BY_KEYS,
    decision_inputs_from,
    evidence_digest,
    family_of,
    known_by,
    names_in_family,
)
from programs.awards.queries.grounds import decided_attainment


def changed_policies(decision: Mapping[str, Any]) -> set[str]:
    """Return the policy versions that differ from the decision's, or are gone."""
    entries = {entry["id"]: entry for entry in decision["policies"]}
    rows = MasteryPolicyVersion.objects.filter(public_id__in=entries)
    current = {str(row.public_id): row for row in rows}
    return {name for name, entry in entries.items() if name not in current or not _same_policy(current[name], entry)}


def _same_policy(row: MasteryPolicyVersion, entry: Mapping[str, str]) -> bool:
    # The first format did not name the method.
    return digest(row.definition) == entry["digest"] and entry.get("method") in {None, row.definition.get("method")}


def evidence_differences(decision: Mapping[str, Any]) -> Iterator[str]:
    """Yield differences in the rows of evidence."""
    digests = {entry["id"]: entry["digest"] for entry in decision["evidence"]}
    for row in with_public_names(Evidence.objects.filter(public_id__in=digests)).order_by("pk"):
        if digests.pop(str(row.public_id)) != evidence_digest(row, form=decision["format"]):
            yield f"evidence {row.public_id} is not what was looked at"
    for name in digests:
        yield f"evidence {name} is gone"


def mastery_differences(decision: Mapping[str, Any], changed: set[str]) -> Iterator[str]:
    """Decide each mastery again, by the same rows and policies, as they were known then; yield differences.

    `changed` are policy versions that are known to differ: they can replay nothing.
    """
    ledger = _Ledger.of(decision)
    pieces = {piece["id"]: read_attainment(piece)[0] for piece in decision["attainments"]}
    wanted = {mastery["policy"] for mastery in decision["mastery"]} - changed
    rows = MasteryPolicyVersion.objects.select_related("scale").filter(public_id__in=wanted)
    policies = {str(row.public_id): row for row in rows}
    for mastery in decision["mastery"]:
        policy = policies.get(mastery["policy"])
        if policy is None or changed & _of_family(mastery):
            continue  # `changed_policies` has named it
        inputs = ledger.inputs_of(mastery)
        decided = ledger.decided(mastery, inputs, policy)
        piece, method = pieces[mastery["attainment"]], Method(decision["method"])
        basis = ASSESSED_HERE
        if method is not Method.ONE and inputs.bases:
            competency = ledger.competency(mastery)
            basis = basis_of(inputs, competency, policy, decided, as_of=ledger.as_of, known_at=ledger.known_at)
        same = ledger.digest_of(decided, inputs) == mastery["decision"]
        if not same or decided_attainment(piece, decided, basis, method=method) != piece:
            yield f"{mastery['attainment']} is decided otherwise"
        elif method is not Method.ONE and mastery["basis"] != BASES[basis.basis]:
            yield f"{mastery['attainment']} has another basis"


def _of_family(mastery: Mapping[str, Any]) -> set[str]:
    policies = (mastery.get("family") or {}).get("policies", {})
    return {entry["version"] for entry in policies.values() if "version" in entry}


@dataclass(frozen=True)
class _Ledger:
    """The rows of evidence that a decision record names, and the keys of what it names."""

    decision: Mapping[str, Any]
    seen: Observations
    ids: Mapping[str, int]
    bases: Mapping[str, Basis]

    @classmethod
    def of(cls, decision: Mapping[str, Any]) -> "_Ledger":
        """Read everything that the decision names."""
        records = list(Learner.objects.filter(public_id__in=decision["records"]).values_list("pk", flat=True))
        evidence = Evidence.objects.filter(public_id__in=[entry["id"] for entry in decision["evidence"]])
        rows = list(evidence.values_list("competency", "public_id", "basis"))
        seen = observations_of(records, {competency for competency, _name, _basis in rows})
        names = {str(mastery["competency"]) for mastery in decision["mastery"]}
        names |= {name for mastery in decision["mastery"] for name in names_in_family(mastery)}
        if decision["format"] == BY_KEYS:
            ids = {name: int(name) for name in names}
        else:
            found = Competency.objects.filter(public_id__in=names).values_list("public_id", "pk")
            ids = {str(name): pk for name, pk in found}
        bases = {str(name): Basis(basis) for _competency, name, basis in rows if basis != Basis.ASSESSED}
        return cls(decision, seen, ids, bases)

    def inputs_of(self, mastery: Mapping[str, Any]) -> DecisionInputs:
        """Return the inputs of one mastery decision: the rows that it names, as they were known then."""
        observations = {}
        for competency, rows in self.seen.items():
            if self.decision["format"] == BY_KEYS:
                own = set(mastery["evidence"])
                named = tuple(row for row in rows if row.id in own)
            else:
                named = numbered_by(mastery["evidence"], rows)
            observations[competency] = known_by(named, self.known_at)
        inputs = decision_inputs_from(family_of(mastery, self.ids), observations)
        named_rows = (row for rows in observations.values() for row in rows)
        bases = {row.id: self.bases[row.public_id] for row in named_rows if row.public_id in self.bases}
        return replace(inputs, bases=bases)

    def decided(self, mastery: Mapping[str, Any], inputs: DecisionInputs, policy: MasteryPolicyVersion) -> Decision:
        """Decide one mastery as of the days of the record."""
        return decision_by(inputs, self.competency(mastery), policy, as_of=self.as_of, known_at=self.known_at)

    def digest_of(self, decided: Decision, inputs: DecisionInputs) -> str:
        """Return the digest of a decision in the form that the record's format has."""
        if self.decision["format"] == BY_KEYS:
            return digest(as_json(decided))
        return digest(decision_as_json(decided, (row for rows in inputs.observations.values() for row in rows)))

    def competency(self, mastery: Mapping[str, Any]) -> int:
        """Return the key of the competency of an entry."""
        return self.ids[str(mastery["competency"])]

    @property
    def as_of(self) -> date:
        """The civil date of the mastery decisions."""
        return date.fromisoformat(self.decision["as_of"])

    @property
    def known_at(self) -> datetime:
        """The instant up to which facts were known."""
        return datetime.fromisoformat(self.decision["known_at"])
