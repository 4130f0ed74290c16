"""What pages, the API and the exporter read."""

from competencies.queries.frameworks import (
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
    with_counts,
)
from competencies.queries.neighbourhoods import Neighbourhood, Reference, neighbourhood_of, references_of
from competencies.queries.trees import FrameworkTree, Statement, competency_ids_matching, statements_of, tree_of

__all__ = [
    "FrameworkTree",
    "Neighbourhood",
    "Reference",
    "Statement",
    "competency_ids_matching",
    "document_facts",
    "edge_facts",
    "edges_at",
    "frameworks_named",
    "imports_waiting",
    "item_facts",
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
    "with_counts",
]
