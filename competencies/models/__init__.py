"""The models of frameworks, competencies and their revisions, associations, definitions, scales and imports."""

from competencies.models.associations import Association, Equivalence, Kind
from competencies.models.definitions import Definition, DefinitionKind
from competencies.models.frameworks import Framework
from competencies.models.imports import CaseImport, ImportState
from competencies.models.items import Competency, CompetencyRevision
from competencies.models.scales import ProficiencyLevel, ProficiencyScale

__all__ = [
    "Association",
    "CaseImport",
    "Competency",
    "CompetencyRevision",
    "Definition",
    "DefinitionKind",
    "Equivalence",
    "Framework",
    "ImportState",
    "Kind",
    "ProficiencyLevel",
    "ProficiencyScale",
]
