"""What pages, the API and the exporter read."""

from competencies.queries.frameworks import (
    counted,
    document_facts,
    edge_facts,
    edges_at,
    frameworks_named,
    imports_waiting,
    item_facts,
    package_of,
    public_association,
    public_competency,
    public_framework,
    scale_facts,
    storable,
)
from competencies.queries.neighbourhoods import Neighbourhood, Reference, neighbourhood_of, references_of
from competencies.queries.trees import FrameworkTree, Statement, matching, statements_of, tree_of

__all__ = [
    "FrameworkTree",
    "Neighbourhood",
    "Reference",
    "Statement",
    "counted",
    "document_facts",
    "edge_facts",
    "edges_at",
    "frameworks_named",
    "imports_waiting",
    "item_facts",
    "matching",
    "neighbourhood_of",
    "package_of",
    "public_association",
    "public_competency",
    "public_framework",
    "references_of",
    "scale_facts",
    "statements_of",
    "storable",
    "tree_of",
]
