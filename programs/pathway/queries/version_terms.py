"""Terms of a published version: names of competencies, policies, and titles of levels.

A learner's page needs a few words of a document of many kilobytes, so they are read once per process.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assessments.mastery.queries.policies_in_force import policy_in
from assessments.mastery.rules.policies import ParentPolicy, Policy
from competencies.models import ProficiencyLevel
from competencies.queries.choices import code_and_words
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import Kind
from programs.models import ProgramVersion


@dataclass(frozen=True, slots=True)
class VersionTerms:
    """Statements, names (code and words) and scales by public id of competency; policies by public id.

    `ladders` are the titles of the levels of each scale, lowest first; `levels` are the same by scale and rank. Both
    have only the scales of the tree's *competency* leaves.
    """

    statements: Mapping[str, str]
    names: Mapping[str, str]
    scales: Mapping[str, str]
    policies: Mapping[str, Policy | ParentPolicy]
    levels: Mapping[tuple[str, int], str]
    ladders: Mapping[str, tuple[str, ...]]

    def level_named(self, competency: str, rank: int) -> str:
        """Return the title of a rank on a competency's scale; empty where there is none."""
        return self.levels.get((self.scales.get(competency, ""), rank), "")

    def level_asked_by(self, policy: str) -> int:
        """Return the rank that a policy requires; 0 where it decides from children, or is not of this version."""
        policy_found = self.policies.get(policy)
        return policy_found.level if isinstance(policy_found, Policy) else 0


def version_terms_of(version: ProgramVersion) -> VersionTerms:
    """Return the terms of a published version; each version is read once per process."""
    return _terms(version.pk, version.digest)


@lru_cache(maxsize=512)
def _terms(version_id: int, digest: str) -> VersionTerms:
    # Entries are never invalid: published content is frozen, and so is the scale of each policy that it names.
    version = ProgramVersion.objects.get(pk=version_id, digest=digest)
    content: Mapping[str, Any] = version.content or {}
    competencies: Mapping[str, Any] = content["competencies"]
    leaves = {
        node.names[0] for node in tree_of(version).walk() if node.kind is Kind.COMPETENCY and node.names
    } & competencies.keys()
    levels = ProficiencyLevel.objects.filter(
        scale__public_id__in={competencies[name]["scale"] for name in leaves if competencies[name]["scale"]}
    )
    titles = {
        (str(scale), rank): title
        for scale, rank, title in levels.order_by("rank").values_list("scale__public_id", "rank", "title")
    }
    ladders: dict[str, tuple[str, ...]] = {}
    for (scale, _rank), title in titles.items():
        ladders[scale] = (*ladders.get(scale, ()), title)
    return VersionTerms(
        statements={name: entry["statement"] for name, entry in competencies.items()},
        names={name: code_and_words(entry["code"], entry["statement"]) for name, entry in competencies.items()},
        scales={name: entry["scale"] or "" for name, entry in competencies.items()},
        policies={name: policy_in(entry["definition"]) for name, entry in content["policies"].items()},
        levels=titles,
        ladders=ladders,
    )
